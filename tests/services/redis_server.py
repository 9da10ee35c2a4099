"""A real Redis, for the tests that ask `tests/conftest.py` for one."""

import shutil
import signal
import subprocess
from pathlib import Path

import redis

from tests.ports import free_port
from tests.waiting import until


class RedisServer:
    """A real Redis on a port of its own, that can be stopped and started again. `words` are more of
    its command line."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [shutil.which("redis-server") or "", *words, "--port", str(self.port)]
        self._command += ["--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, secret: str | None = None) -> "redis.Redis":
        """A client of it, once it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url, password=secret)
        until(lambda: _answers(client))
        return client

    def signal(self, how: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(how)

    def stop(self) -> None:
        """Killed, as by a machine that goes away: nobody is told."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
