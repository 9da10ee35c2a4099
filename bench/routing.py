"""How fast a waiting call gets its agent, beside the bare SQL of the same pick.

    python -m bench.routing [--quick]

For 100, 1,000 and 10,000 agents in 50 queues, and for 1 and 8 callers at once, on SQLite and on a
PostgreSQL of its own: decisions a second, and what one takes. `ours` is Rollcall's reservation,
`bare` the same pick and the same rows in SQL by the database's driver, in turns with it; The
second table is one queue with 20 eligible agents, beside more and more others who serve it and are
not eligible; the third what a decision takes in one pass of distribution over 50 callers.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services import postgresql_server

ROOT = Path(__file__).resolve().parent.parent


def measure(name: str, url: str, *, quick: bool) -> None:
    print(f"\n## {name}", flush=True)
    env = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "",
        "SECRET_KEY": "bench",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "bench.decisions", *(["--quick"] if quick else [])]
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="no 10,000 agents, fewer repeats")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", quick=quick)
    if programs := postgresql_server.programs():
        with postgresql_server.running(programs, hasty=False) as server:
            measure("PostgreSQL", server.url, quick=quick)
    else:
        print("\nPostgreSQL is not installed here: skipped.")


if __name__ == "__main__":
    main()
