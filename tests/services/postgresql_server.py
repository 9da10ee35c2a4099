"""A real PostgreSQL for tests, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]


def programs() -> Path | None:
    """Where the newest PostgreSQL's programs are, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root: as whom it runs then."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


def template(url: str) -> str:
    """Make a migrated database to copy, for to migrate takes long; gives its name."""
    name = "migrated"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    environment = os.environ | {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, env=environment, cwd=ROOT, check=True)
    return name


class PostgresqlServer:
    """A server on a port of its own, that can be stopped and started again. `url` is that of its
    empty database."""

    def __init__(self, binaries: Path) -> None:
        self._binaries, self._prefix = binaries, _as_postgres()
        self._folder = Path(tempfile.mkdtemp(prefix="rollcall-postgresql-"))
        if self._prefix:
            shutil.chown(self._folder, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"postgres://rollcall@127.0.0.1:{self.port}/postgres"
        make = [*self._program("initdb"), "-A", "trust", "-U", "rollcall", "-N"]
        subprocess.run(make, check=True, capture_output=True, cwd=self._folder)

    def start(self) -> None:
        """It answers when this returns."""
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self._folder), "-F"]
        self._process = subprocess.Popen(
            [*self._program("postgres"), *options],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(self._binaries / "pg_isready", str(self.port))

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """By SIGINT whoever is connected is thrown out; by SIGQUIT it also leaves its work as it
        lies, and recovers when it starts."""
        self._process.send_signal(how)
        self._process.wait(20)

    def remove(self) -> None:
        shutil.rmtree(self._folder)

    def _program(self, name: str) -> list[str]:
        return [*self._prefix, str(self._binaries / name), "-D", str(self._folder / "data")]


@contextmanager
def running(binaries: Path) -> Iterator[PostgresqlServer]:
    """A server that is gone afterwards."""
    server = PostgresqlServer(binaries)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.remove()


def _wait_for(ready: Path, port: str) -> None:
    for _ in range(400):
        asked = subprocess.run(
            [str(ready), "-h", "127.0.0.1", "-p", port], check=False, capture_output=True
        )
        if asked.returncode == 0:
            return
        threading.Event().wait(0.05)
    raise AssertionError("PostgreSQL did not start.")
