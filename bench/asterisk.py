"""How long it takes from what Asterisk says to the committed database.

    python -m bench.asterisk [--quick]

500 agents in 20 queues, 200 events a second for a minute (`--quick`: 15 s), said by the tests'
scripted Asterisk in a process of its own, on SQLite and on a PostgreSQL of its own. Prints the
median and the 99th percentile of the lag, what share of what happened to calls arrived, and the
memory at the end beside that at the beginning. It begins when as many calls end as begin.
"""

import argparse
import tempfile
from typing import Any

from bench import results
from bench.transitions import measured
from tests.services import postgresql_server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="15 seconds instead of 60")
    seconds = "15" if parser.parse_args().quick else "60"
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        found["SQLite"] = measured("bench.follow", url, seconds)
    if programs := postgresql_server.programs():
        with postgresql_server.running(programs, hasty=False) as server:
            found["PostgreSQL"] = measured("bench.follow", server.url, seconds)
    else:
        print("\nPostgreSQL is not installed here: skipped.")
    print("| database | events/s | p50 ms | p99 ms | arrived | memory MB | growth |")
    print("|---|---|---|---|---|---|---|")
    for name, f in found.items():
        before, after = f["memory"]
        print(
            f"| {name} | {f['rate']:.0f} | {f['p50']:.0f} | {f['p99']:.0f} | {f['arrived']:.1%} "
            f"| {before:.0f} -> {after:.0f} | {after / before:.2f} |"
        )
    results.save("asterisk", found)


if __name__ == "__main__":
    main()
