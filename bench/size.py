"""The largest floor that one process is meant for: 10,000 rows, 500 watchers, 500 changes a second.

    python -m bench.size [--seconds 10]

As `bench.crowd` does it; what it shows is whether anything is lost, and how late the latest are.
"""

import argparse
import asyncio
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench import results
from bench.board import Target, serve
from bench.crowd import RATE, Result, measure
from bench.watching import memory

AGENTS, WATCHERS = 10_000, 500


def run(seconds: float) -> tuple[Result, int]:
    """What the load measured, and the bytes that the server holds after it."""
    with tempfile.TemporaryDirectory() as folder:
        server, port, ticket = serve(AGENTS, Path(folder))
        target = Target(port, ticket, AGENTS, RATE, seconds)
        database = Path(folder) / "bench.sqlite3"
        try:
            found = asyncio.run(measure(target, server.pid, database, watchers=WATCHERS))
            return found, memory(server.pid)
        finally:
            server.terminate()
            server.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the load lasts")
    r, held = run(parser.parse_args().seconds)
    print(f"{AGENTS:,} rows, {WATCHERS} watchers, {r.rate} changes/s\n")
    print(
        "| p50, ms | p99, ms | arrived | of one core | us a change and watcher | kB/s a watcher "
        "| MB held |\n| --: | --: | --: | --: | --: | --: | --: |"
    )
    print(
        f"| {r.p50:.0f} | {r.p99:.0f} | {r.arrived:.1%} | {r.core:.0%} | {r.cost:.1f} "
        f"| {r.bytes / 1000:,.0f} | {held / 1e6:,.0f} |"
    )
    results.save("size", asdict(r) | {"agents": AGENTS, "watchers": WATCHERS, "held": held})


if __name__ == "__main__":
    main()
