"""Loads Rollcall once and forks for whoever needs it: to load it takes longer than most tests.

Each line on standard input is a wish, as JSON: `["serve", database, port, log]` or
`["do", database, code]`. Each is answered by a line: the process's id, or the exit status of what
was done. A server is ended by its id, like any other process.
"""

import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from functools import partial

# What a good hash of a password costs is no test's business.
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _load()
    for line in sys.stdin:
        what, database, *rest = json.loads(line)
        child = os.fork()
        if not child:
            _be(partial(WISHES[what], *rest), database)
        answer = child if what == "serve" else os.waitpid(child, 0)[1]
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
        _bury()


def _load() -> None:
    from django.conf import settings  # noqa: PLC0415

    import config.asgi  # noqa: F401, PLC0415 - what it loads is what takes long
    import tests.browser.world  # noqa: F401, PLC0415

    settings.PASSWORD_HASHERS = QUICK


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

    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(target, stream)
    uvicorn.run("config.asgi:application", host="127.0.0.1", port=port, ws_ping_interval=20)


def _do(code: str) -> None:
    from tests.browser import world  # noqa: PLC0415

    os.dup2(2, 1)  # standard output is for answers
    exec(code, dict(vars(world)))


def _bury() -> None:
    """Servers that were ended since."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


WISHES: dict[str, Callable[..., None]] = {"serve": _serve, "do": _do}

if __name__ == "__main__":
    main()
