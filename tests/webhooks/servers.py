"""The whole application served on the test's own database, in this process or in another."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from tests import databases
from tests.ports import answers, free_port
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


@contextmanager
def serving() -> Iterator[int]:
    """The whole application on a port of this process."""
    config = uvicorn.Config("config.asgi:application", port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive()


@contextmanager
def process() -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """`manage.py serve` on this test's database."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": databases.url(), "PYTHONWARNINGS": "", "WEBHOOK_NETWORKS": "127.0.0.1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: answers(port))
        yield server, port
    finally:
        server.kill()
        server.wait(PATIENCE)
