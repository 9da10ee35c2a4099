"""A PostgreSQL of its own for a benchmark, with the settings that it is installed with."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def installed() -> Path | None:
    """Where the newest PostgreSQL's programs are, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found else None


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """A server that is gone afterwards; gives its empty database's URL."""
    # PostgreSQL refuses to run as root.
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    prefix = prefix if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="rollcall-bench-"))
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    data = str(folder / "data")
    make = [*prefix, str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "rollcall", "-N"]
    subprocess.run(make, check=True, capture_output=True, cwd=folder)
    listen = ["-p", port, "-h", "127.0.0.1", "-k", str(folder)]
    server = subprocess.Popen(
        [*prefix, str(programs / "postgres"), "-D", data, *listen],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(programs / "pg_isready", port)
        yield f"postgres://rollcall@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(folder)


def _wait(ready: Path, port: str) -> None:
    deadline = time.monotonic() + 30
    ask = [str(ready), "-h", "127.0.0.1", "-p", port]
    while subprocess.run(ask, check=False, capture_output=True).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start.")
        time.sleep(0.1)
