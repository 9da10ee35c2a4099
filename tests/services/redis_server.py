"""A real Redis, for the tests that ask `tests/conftest.py` for one."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis


class RedisServer:
    """A real Redis on a port of its own, that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [shutil.which("redis-server") or "", "--port", str(self.port)]
        self._command += ["--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "redis.Redis":
        """A client of it, once it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url)
        until(client.ping)
        return client

    def stop(self) -> None:
        """Killed, as by a machine that goes away: nobody is told."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None


def until(ask: Callable[[], Any], tries: int = 2000) -> Any:
    """What `ask` gives once it gives something; asked again and again for a while."""
    for _ in range(tries):
        try:
            if answer := ask():
                return answer
        except redis.RedisError:
            pass
        threading.Event().wait(0.005)
    raise AssertionError("it never came")
