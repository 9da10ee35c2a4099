"""What a web process says of itself while the servers that it needs come and go."""

import json
import urllib.request
from typing import Any
from urllib.error import HTTPError, URLError

from tests.faults.conftest import Floor, Network
from tests.ports import free_port
from tests.services.redis_server import RedisServer
from tests.waiting import until


def ask(url: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)
    except (URLError, OSError):
        return 0, {}


def test_it_is_sent_nobody_without_its_database_and_everybody_without_redis(
    floor: Floor, network: Network, redis_server: RedisServer
) -> None:
    url = floor.cluster.web(free_port())
    until(lambda: ask(url)[1].get("state") == "ok")
    redis_server.stop()
    until(lambda: ask(url)[1]["parts"]["redis"]["state"] == "degraded")
    assert ask(url)[0] == 200
    network.sql.cut()
    until(lambda: ask(url)[0] == 503)
    assert ask(url)[1]["parts"]["database"] == {
        "state": "away",
        "words": "The database does not answer.",
    }
    network.sql.mend()
    redis_server.start().close()
    until(lambda: ask(url)[1].get("state") == "ok")
