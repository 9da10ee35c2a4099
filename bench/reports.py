"""How long reports take over a year of 200 agents, beside plain SQL and the slow and obvious way.

    python -m bench.reports [--quick]

On a PostgreSQL of its own, with the settings that it is installed with. `plain` is one statement
that adds up every interval by agent and status: it cuts at no border, and leaves out what still
runs. `slow` reads the same rows one by one and cuts each in Python.
"""

import argparse
import sys

from bench import results
from bench.transitions import measured
from tests.services import postgresql_server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a month instead of a year")
    quick = parser.parse_args().quick
    programs = postgresql_server.programs()
    if programs is None:
        sys.exit("PostgreSQL is not installed here.")
    with postgresql_server.running(programs, hasty=False) as server:
        words = ["--quick"] if quick else []
        results.save("reports", measured("bench.passes", server.url, *words))


if __name__ == "__main__":
    main()
