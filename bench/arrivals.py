"""How long it takes to connect everybody whose page opens at the same moment.

    python -m bench.arrivals [--agents 3000]

A whole floor's pages open at once, as after a restart. *Together* is Rollcall's lease, which writes
what queued up in one transaction a hundred; *each* gives every page a transaction of its own. On
SQLite and on a PostgreSQL of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import results
from tests.services import postgresql_server

ROOT = Path(__file__).resolve().parent.parent


def measure(url: str, agents: str) -> dict[str, float]:
    """Seconds each way takes in the empty database at `url`."""
    env = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "",
        "SECRET_KEY": "bench",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "bench.arriving", agents]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", default="3000")
    agents = parser.parse_args().agents
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        found["SQLite"] = measure(f"sqlite:///{folder}/bench.sqlite3", agents)
    if programs := postgresql_server.programs():
        with postgresql_server.running(programs, hasty=False) as server:
            found["PostgreSQL"] = measure(server.url, agents)
    else:
        print("PostgreSQL is not installed here: skipped.")
    print(f"| {agents} pages at once | together s | each s | x |\n| :-- | --: | --: | --: |")
    for name, took in found.items():
        together, each = took["together"], took["each"]
        print(f"| {name} | {together:.1f} | {each:.1f} | {each / together:.1f} |")
    results.save("arrivals", found)


if __name__ == "__main__":
    main()
