"""How fast a waiting call gets its agent, beside the bare SQL of the same pick.

    python -m bench.routing [--quick]

For 100, 1,000 and 10,000 agents in 50 queues, and for 1 and 8 callers at once, on SQLite and on a
PostgreSQL of its own: decisions a second, and what one takes. `ours` is Rollcall's reservation,
`bare` the same pick and the same rows in SQL by the database's driver, in turns with it; The
second table is one queue with 20 eligible agents, beside more and more others who serve it and are
not eligible; the third what a decision takes in one pass of distribution over 50 callers.
"""

import argparse
import tempfile

from bench import results
from bench.transitions import measured
from tests.services import postgresql_server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="no 10,000 agents, fewer repeats")
    words = ["--quick"] if parser.parse_args().quick else []
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        found["SQLite"] = measured("bench.decisions", url, *words)
    if programs := postgresql_server.programs():
        with postgresql_server.running(programs, hasty=False) as server:
            found["PostgreSQL"] = measured("bench.decisions", server.url, *words)
    else:
        print("\nPostgreSQL is not installed here: skipped.")
    results.save("routing", found)


if __name__ == "__main__":
    main()
