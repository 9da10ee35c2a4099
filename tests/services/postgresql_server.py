"""A real PostgreSQL for tests and benchmarks, gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.ports import free_port
from tests.waiting import until

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
    empty database. Where it is `hasty`, it does not sync what it writes, and compiles no query:
    of tables that nobody analysed it thinks that they are large. A replica `of` another has what
    that one has, until it is promoted. Its files lie `within` a folder, if one is given."""

    def __init__(
        self,
        binaries: Path,
        *,
        hasty: bool = True,
        of: "PostgresqlServer | None" = None,
        within: Path | None = None,
    ) -> None:
        self._binaries, self._prefix = binaries, _as_postgres()
        self._folder = Path(tempfile.mkdtemp(prefix="rollcall-postgresql-", dir=within))
        if self._prefix:
            shutil.chown(self._folder, "postgres", "postgres")
        self.port = free_port()
        self._options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self._folder)]
        self._options += ["-F", "-c", "jit=off"] if hasty else []
        self.url = f"postgres://rollcall@127.0.0.1:{self.port}/postgres"
        if of:
            make = [*self._program("pg_basebackup"), "-d", of.url, "-R", "-c", "fast"]
        else:
            make = [*self._program("initdb"), "-A", "trust", "-U", "rollcall", "-N"]
        subprocess.run(make, check=True, capture_output=True, cwd=self._folder)

    def start(self) -> None:
        """It answers when this returns."""
        self._process = subprocess.Popen(
            [*self._program("postgres"), *self._options],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._is_ready)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """By SIGINT whoever is connected is thrown out; by SIGQUIT it also leaves its work as it
        lies, and recovers when it starts; by SIGKILL it does not even say so."""
        self._process.send_signal(how)
        self._process.wait(20)

    def promote(self) -> None:
        """A replica takes writes from now on."""
        wanted = [*self._program("pg_ctl"), "promote"]
        subprocess.run(wanted, check=True, capture_output=True, cwd=self._folder)

    def remove(self) -> None:
        shutil.rmtree(self._folder)

    def _is_ready(self) -> bool:
        ask = [str(self._binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ask, check=False, capture_output=True).returncode == 0

    def _program(self, name: str) -> list[str]:
        return [*self._prefix, str(self._binaries / name), "-D", str(self._folder / "data")]


@contextmanager
def running(
    binaries: Path, *, hasty: bool = True, of: PostgresqlServer | None = None
) -> Iterator[PostgresqlServer]:
    """A server that is gone afterwards."""
    server = PostgresqlServer(binaries, hasty=hasty, of=of)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.remove()
