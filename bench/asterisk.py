"""How long it takes from what Asterisk says to the committed database.

    python -m bench.asterisk [--quick]

500 agents in 20 queues, 200 events a second for a minute (`--quick`: 15 s), said by the tests'
scripted Asterisk in a process of its own, on SQLite and on a PostgreSQL of its own. Prints the
median and the 99th percentile of the lag, what share of what happened to calls arrived, and the
memory at the end beside that at the beginning. It begins when as many calls end as begin.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services import postgresql_server

ROOT = Path(__file__).resolve().parent.parent


def measure(name: str, url: str, seconds: int) -> None:
    env = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "",
        "SECRET_KEY": "bench",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "bench.follow", name, str(seconds)]
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="15 seconds instead of 60")
    seconds = 15 if parser.parse_args().quick else 60
    print("| database | events/s | p50 ms | p99 ms | arrived | memory MB | growth |")
    print("|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", seconds)
    if programs := postgresql_server.programs():
        with postgresql_server.running(programs, hasty=False) as server:
            measure("PostgreSQL", server.url, seconds)
    else:
        print("\nPostgreSQL is not installed here: skipped.")


if __name__ == "__main__":
    main()
