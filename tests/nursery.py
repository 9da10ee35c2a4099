"""Loads Rollcall once and forks for whoever needs it: to load it takes longer than most tests.

Each line on standard input is a wish, as JSON: its name, a database, and what else it needs; see
`WISHES`. Each is answered by a line: the id of a process that lives on, or the exit status of what
was done. Who lives on is ended by its id, like any other process.
"""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[1]
SECRET_KEY = "for this test only"
# What a good hash of a password costs is no test's business.
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Nursery:
    """The process, and how it is asked."""

    def __init__(self, **environment: str) -> None:
        ours = {"SECRET_KEY": SECRET_KEY, "LOG_LEVEL": "WARNING", "REDIS_URL": ""}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            env=os.environ | ours | {"DATABASE_URL": "sqlite:////dev/null"} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def serve(self, database: Path | str, port: int, log: Path) -> int:
        """Start a web process; gives its id."""
        return self._ask("serve", database, port, log)

    def run(self, database: Path | str, log: Path, *words: str) -> int:
        """Start a management command; gives its process's id."""
        return self._ask("run", database, log, *words)

    def do(self, database: Path | str, code: str) -> None:
        """Something that happens on the floor, in a process that no server hears anything of."""
        assert self._ask("do", database, code) == 0, code

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, *wish: object) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(wish, default=str) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _load()
    for line in sys.stdin:
        what, database, *rest = json.loads(line)
        child = os.fork()
        if not child:
            _be(partial(WISHES[what], *rest), database)
        answer = os.waitpid(child, 0)[1] if what == "do" else child
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
        _bury()


def _load() -> None:
    from django.conf import settings  # noqa: PLC0415

    import config.asgi  # noqa: PLC0415 - what it loads is what takes long
    import config.urls  # noqa: F401, PLC0415 - and what else the first request would load
    import tests.browser.world  # noqa: F401, PLC0415

    settings.PASSWORD_HASHERS = QUICK
    if clock := os.environ.get("TEST_CLOCK"):
        _keep_time_by(Path(clock))


def _keep_time_by(clock: Path) -> None:
    """Every process's clock is wrong by the seconds that are in the file."""
    from django.core import signing  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    right = timezone.now

    def now() -> datetime:
        return right() + timedelta(seconds=float(clock.read_text()))

    timezone.now = now
    # By which tickets grow old.
    vars(signing)["time"] = SimpleNamespace(time=lambda: now().timestamp())


def _be(wish: Callable[[], None], database: str) -> None:
    """The rest of a child's life."""
    from django.db import connections  # noqa: PLC0415

    from presence.connections import process_lease  # noqa: PLC0415

    status = 1
    try:
        connections.settings["default"]["NAME"] = database
        process_lease.server_id = uuid.uuid4()
        sys.stdin.close()
        wish()
        connections.close_all()
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _serve(port: int, log: str) -> None:
    import uvicorn  # noqa: PLC0415

    _write_to(log)
    uvicorn.run(
        "config.asgi:application",
        host="127.0.0.1",
        port=port,
        ws="dashboard.wire:Wire",
        ws_ping_interval=20,
    )


def _run(log: str, *words: str) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    _write_to(log)
    call_command(*words)


def _do(code: str) -> None:
    from tests.browser import world  # noqa: PLC0415

    os.dup2(2, 1)  # standard output is for answers
    exec(code, dict(vars(world)))


def _write_to(log: str) -> None:
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(target, stream)


def _bury() -> None:
    """Those who were ended since."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


WISHES: dict[str, Callable[..., None]] = {"serve": _serve, "run": _run, "do": _do}

if __name__ == "__main__":
    main()
