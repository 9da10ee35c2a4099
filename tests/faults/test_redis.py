"""Redis makes boards fast, not right: whatever becomes of it, nothing but time is lost."""

from collections.abc import Callable

import pytest
import redis

from tests.faults.changes import Changes
from tests.faults.cluster import free_port
from tests.faults.conftest import Floor, Network
from tests.services.redis_server import RedisServer

Fault = Callable[[RedisServer, Network], None]


def stopped(server: RedisServer, _network: Network) -> None:
    server.stop()


def unreachable(_server: RedisServer, network: Network) -> None:
    network.redis.cut()


def slow(_server: RedisServer, network: Network) -> None:
    network.redis.delay = 1.0


def full(server: RedisServer, _network: Network) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory", 1)


@pytest.mark.parametrize("fault", [stopped, unreachable, slow, full])
def test_boards_are_right_without_redis_and_when_it_is_back(
    floor: Floor, network: Network, redis_server: RedisServer, fault: Fault
) -> None:
    urls = [floor.cluster.web(free_port()), floor.cluster.web(free_port())]
    floor.cluster.clock()
    try:
        with Changes(floor.key, floor.agents, urls) as changes:
            changes.wait_for(20)
            fault(redis_server, network)
            changes.wait_for(40)
        floor.cluster.prove(*urls)
    finally:
        network.redis.delay = 0
        network.redis.mend()
        redis_server.stop()
        redis_server.start().close()
    with Changes(floor.key, floor.agents, urls) as later:
        later.wait_for(20)
    floor.cluster.prove(*urls)
    for agent, notes in later.done.items():
        changes.done[agent] += notes
    floor.has_all_of(changes)
    assert not changes.failed + later.failed
