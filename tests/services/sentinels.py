"""A real Redis and its replica, watched over by real sentinels, all with passwords."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import redis

from tests.services.redis_server import RedisServer
from tests.waiting import until

SERVICE = "floor"
SECRET, WATCHWORD = "of the servers", "of the sentinels"
SERVER = ["--requirepass", SECRET, "--masterauth", SECRET, "--repl-diskless-sync-delay", "0"]
WATCH = f"""
sentinel monitor {SERVICE} 127.0.0.1 {{port}} 2
sentinel auth-pass {SERVICE} "{SECRET}"
sentinel down-after-milliseconds {SERVICE} 500
sentinel failover-timeout {SERVICE} 2000
sentinel sentinel-pass "{WATCHWORD}"
requirepass "{WATCHWORD}"
"""


class Watched:
    """The servers by what they were at first, and the sentinels. `url` is the address of all."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._stack, self._folder = stack, folder
        self.primary = self._start("primary", *SERVER)
        place = ["--replicaof", "127.0.0.1", str(self.primary.port)]
        self.replica = self._start("replica", *SERVER, *place)
        until(self._replicates)
        self.sentinels = [self._watch(f"sentinel {number}") for number in range(3)]
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        words = f"db=0&sentinel_password={WATCHWORD}".replace(" ", "%20")
        secret = SECRET.replace(" ", "%20")
        self.url = f"redis+sentinel://:{secret}@{hosts}/{SERVICE}?{words}"
        until(lambda: all(map(self._knows_all, self.sentinels)))

    def fail(self, how: signal.Signals) -> None:
        """The primary goes away, and with it a sentinel, as if they were of one machine."""
        self.primary.signal(how)
        self.sentinels[0].signal(how)

    def client(self, server: RedisServer) -> "redis.Redis":
        return redis.Redis.from_url(server.url, password=SECRET)

    def _start(self, name: str, *words: str, secret: str = SECRET) -> RedisServer:
        folder = self._folder / name
        folder.mkdir()
        server = RedisServer(folder, *words)
        self._stack.callback(server.stop)
        server.start(secret).close()
        return server

    def _watch(self, name: str) -> RedisServer:
        file = self._folder / f"{name}.conf"
        file.write_text(WATCH.format(port=self.primary.port))
        return self._start(name, str(file), "--sentinel", secret=WATCHWORD)

    def _replicates(self) -> bool:
        with closing(self.client(self.replica)) as client:
            standing: Any = client.info("replication")
        return bool(standing["master_link_status"] == "up")

    def _knows_all(self, sentinel: RedisServer) -> bool:
        with closing(redis.Redis.from_url(sentinel.url, password=WATCHWORD)) as client:
            state: Any = client.sentinel_master(SERVICE)
        return bool(state["num-other-sentinels"] == 2 and state["num-slaves"] == 1)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """All of them are gone afterwards."""
    with ExitStack() as stack:
        yield Watched(folder, stack)
