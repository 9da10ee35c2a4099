"""Redis makes boards fast, not right: whatever becomes of it, nothing but time is lost."""

from collections import defaultdict
from collections.abc import Callable

import redis

from tests.faults.changes import Changes
from tests.faults.conftest import Floor, Network
from tests.ports import free_port
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


def mend(server: RedisServer, network: Network) -> None:
    network.redis.delay = 0
    network.redis.mend()
    server.stop()
    server.start().close()


def test_boards_are_right_without_redis_and_when_it_is_back(
    floor: Floor, network: Network, redis_server: RedisServer
) -> None:
    urls = [floor.cluster.web(free_port()), floor.cluster.web(free_port())]
    floor.cluster.clock()
    done: dict[int, list[str]] = defaultdict(list)
    for happens in (stopped, unreachable, slow, full):
        with Changes(floor.key, floor.agents, urls) as changes:
            changes.wait_for(10)
            happens(redis_server, network)
            changes.wait_for(20)
        try:
            floor.cluster.prove(*urls)
        finally:
            mend(redis_server, network)
        assert not changes.failed, happens.__name__
        for agent, notes in changes.done.items():
            done[agent] += notes
    floor.has(done)
    floor.cluster.prove(*urls)
