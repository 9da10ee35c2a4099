"""How long reports take over a year of 200 agents, beside plain SQL and the slow and obvious way.

    python -m bench.reports [--quick]

On a PostgreSQL of its own, with the settings that it is installed with. `plain` is one statement
that adds up every interval by agent and status: it cuts at no border, and leaves out what still
runs. `slow` reads the same rows one by one and cuts each in Python.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.services import postgresql_server

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a month instead of a year")
    quick = parser.parse_args().quick
    programs = postgresql_server.programs()
    if programs is None:
        sys.exit("PostgreSQL is not installed here.")
    with postgresql_server.running(programs, hasty=False) as server:
        env = os.environ | {
            "DATABASE_URL": server.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "REDIS_URL": "",
            "SECRET_KEY": "bench",
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "bench.passes", *(["--quick"] if quick else [])]
        subprocess.run(command, cwd=ROOT, env=env, check=True)


if __name__ == "__main__":
    main()
