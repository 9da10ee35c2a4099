"""How many transitions a second one process makes, beside what the database itself could.

    python -m bench.transitions [--seconds 4]

An agent's mode changes: a locked read, the settings, state, interval, transition and event. *Ours*
is Rollcall's door, *plain* the same by the plain ORM (`bench/plain.py`), the *limit* the same SQL
by `pgbench` on the same PostgreSQL, or by Python's `sqlite3`; in turns, the median of three.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import results
from tests.services import postgresql_server

ROOT = Path(__file__).resolve().parent.parent
NAMES = "database, ours/s, p50 ms, p99 ms, plain/s, p50 ms, p99 ms, limit/s, ours, plain of it"


def measured(module: str, url: str, *arguments: str) -> Any:
    """What `module` prints of the database at `url`: its last line is JSON, the rest is shown."""
    env = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "",
        "SECRET_KEY": "bench",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    *shown, last = done.stdout.splitlines()
    print("\n".join(shown), flush=True)
    return json.loads(last)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", default="4", help="how long each of three turns lasts")
    seconds = parser.parse_args().seconds
    names = NAMES.split(", ")
    print(f"| {' | '.join(names)} |\n| {' | '.join(['--:'] * len(names))} |", flush=True)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        found["sqlite"] = measured("bench.writers", url, seconds)
    if programs := postgresql_server.programs():
        with postgresql_server.running(programs, hasty=False) as server:
            found["postgresql"] = measured("bench.writers", server.url, seconds)
    else:
        print("\nPostgreSQL is not installed here: skipped.")
    results.save("transitions", found)


if __name__ == "__main__":
    main()
