"""How many calls a second get their agent, beside the same SQL by `pgbench`, on PostgreSQL.

    python -m bench.reserve [--agents 10000]

Agents serve 50 queues, and 8 processes reserve the longest-idle one for callers who wait. The limit
is the same pick and the same rows by as many of `pgbench`'s clients, in turns; medians of three.
"""

import argparse

from bench import results
from bench.transitions import measured
from tests.services import postgresql_server

NAMES = "agents, callers, ours/s, p50 ms, p99 ms, pgbench/s, ours of it"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", default="10000")
    agents = parser.parse_args().agents
    names = NAMES.split(", ")
    print(f"| {' | '.join(names)} |\n| {' | '.join(['--:'] * len(names))} |", flush=True)
    programs = postgresql_server.programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed here.")
    with postgresql_server.running(programs, hasty=False) as server:
        results.save("reserve", measured("bench.reserving", server.url, agents))


if __name__ == "__main__":
    main()
