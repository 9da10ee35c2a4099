"""A real PostgreSQL for tests, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """Where the newest PostgreSQL's programs are, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root: as whom it runs then."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


@contextmanager
def running(binaries: Path) -> Iterator[str]:
    """Gives the URL of its empty database."""
    prefix = _as_postgres()
    folder = Path(tempfile.mkdtemp(prefix="rollcall-postgresql-"))
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    initdb = [*prefix, str(binaries / "initdb"), "-D", str(folder / "data"), "-A", "trust"]
    subprocess.run([*initdb, "-U", "rollcall", "-N"], check=True, capture_output=True, cwd=folder)
    options = ["-p", port, "-h", "127.0.0.1", "-k", str(folder), "-F"]
    server = subprocess.Popen(
        [*prefix, str(binaries / "postgres"), "-D", str(folder / "data"), *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(binaries / "pg_isready", port)
        yield f"postgres://rollcall@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(folder)


def _wait_for(ready: Path, port: str) -> None:
    for _ in range(400):
        asked = subprocess.run(
            [str(ready), "-h", "127.0.0.1", "-p", port], check=False, capture_output=True
        )
        if asked.returncode == 0:
            return
        threading.Event().wait(0.05)
    raise AssertionError("PostgreSQL did not start.")
