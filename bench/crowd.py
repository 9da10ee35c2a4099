"""What 200 watchers of 500 row changes a second cost the process that serves them.

    python -m bench.crowd [--agents 1000] [--seconds 5]

Another process makes the changes, in the database, and tells the server which agents they were; so
the server's processor time is what showing them takes. Beside it, in the same server, each row to
each watcher by `group_send`, on a share of the changes, for it bears no more.
"""

import argparse
import asyncio
import itertools
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import results
from bench.board import MEASURED, Moments, Target, Watchers, latencies, serve
from bench.watching import Counting, connect, cpu

WATCHERS = 200
STEPS = 20  # a second, each with its share of the changes
RATE, PLAIN_RATE = 500, 20
LOADS = ((RATE, False, True), (RATE, False, False), (PLAIN_RATE, True, False))
"""Changes a second, whether by `group_send`, and whether sockets compress."""
CHANGE = """
UPDATE presence_agentstate SET version = version + 1, shown_note = ? WHERE agent_id = ?
"""


_numbers = itertools.count(1)


@dataclass(frozen=True)
class Result:
    """Latencies in milliseconds; `core` and `arrived` are shares; `cost` is microseconds of the
    server's processor time a change and watcher; `bytes` came to a watcher in a second."""

    way: str
    rate: int
    p50: float
    p99: float
    arrived: float
    core: float
    cost: float
    bytes: float


class Changes:
    """Changes rows in the database and tells the server, at an even rate."""

    def __init__(self, target: Target, database: Path, plain: bool) -> None:
        self._target = target
        self._suffix = "&plain=1" if plain else ""
        self._database = sqlite3.connect(database, isolation_level=None, timeout=10)
        self.sent: Moments = defaultdict(list)

    async def run(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target.port)
        began = time.perf_counter()
        for step in range(int(self._target.seconds * STEPS)):
            await asyncio.sleep(max(0, began + step / STEPS - time.perf_counter()))
            changed = ",".join(map(str, self._change(int(self._target.rate / STEPS))))
            path = f"/bench/hint?agents={changed}{self._suffix}"
            writer.write(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
        writer.close()
        self._database.close()

    def _change(self, count: int) -> list[int]:
        # Counted on from one way to the next: what the last one left on the board is no arrival.
        numbers = itertools.islice(_numbers, count)
        made = {number % self._target.agents + 1: number for number in numbers}
        now = time.perf_counter()
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(CHANGE, [(f"change{n}", id_) for id_, n in made.items()])
        self._database.execute("COMMIT")
        for id_, number in made.items():
            self.sent[id_].append((now, number))
        return list(made)


async def measure(
    target: Target,
    pid: int,
    database: Path,
    *,
    watchers: int = WATCHERS,
    plain: bool = False,
    compressed: bool = True,
) -> Result:
    path = target.address(plain).partition(str(target.port))[2]
    others = [
        await connect(target.port, path, compressed=compressed) for _ in range(watchers - MEASURED)
    ]
    deflate = "deflate" if compressed else None
    async with Watchers(target.address(plain), MEASURED, deflate) as watching:
        if not plain:
            await taken_in(watching)
        await quiet(*others, watching)  # they have taken in their snapshots
        changes = Changes(target, database, plain)
        came, taken, began = sum(o.came for o in others), cpu(pid), time.perf_counter()
        await changes.run()
        seconds = time.perf_counter() - began
        taken = cpu(pid) - taken
        came = sum(o.came for o in others) - came
        await quiet(*others, watching)  # what is still under way
    for other in others:
        other.transport.close()
    every = [each for seen in watching.arrivals for each in latencies(changes.sent, seen)]
    times = [each * 1000 for each in every if each is not None]
    cuts = statistics.quantiles(times, n=100)
    made = sum(map(len, changes.sent.values()))
    return Result(
        "group_send" if plain else "hub" if compressed else "hub, uncompressed",
        int(target.rate),
        cuts[49],
        cuts[98],
        len(times) / len(every),
        taken / seconds,
        taken / made / watchers * 1e6,
        came / len(others) / seconds,
    )


async def taken_in(watching: Watchers) -> None:
    """Wait until they show something: the first who watch have the board rendered."""
    while not watching.came:
        await asyncio.sleep(0.1)


async def quiet(*those: Counting | Watchers) -> None:
    """Wait until nothing more comes."""
    before = -1
    while (came := sum(each.came for each in those)) != before:
        before = came
        await asyncio.sleep(1)


def run(agents: int, seconds: float) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        server, port, ticket = serve(agents, Path(folder))
        database = Path(folder) / "bench.sqlite3"
        try:
            return [
                asyncio.run(
                    measure(target, server.pid, database, plain=plain, compressed=compressed)
                )
                for rate, plain, compressed in LOADS
                for target in [Target(port, ticket, agents, rate, seconds)]
            ]
        finally:
            server.terminate()
            server.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each load lasts")
    options = parser.parse_args()
    found = run(options.agents, options.seconds)
    print(
        "| way | changes/s | p50, ms | p99, ms | arrived | of one core | us a change and watcher "
        "| kB/s a watcher |\n| :-- | --: | --: | --: | --: | --: | --: | --: |"
    )
    for r in found:
        print(
            f"| {r.way} | {r.rate} | {r.p50:.0f} | {r.p99:.0f} | {r.arrived:.1%} | {r.core:.0%} "
            f"| {r.cost:.1f} | {r.bytes / 1000:,.0f} |"
        )
    results.save("crowd", [asdict(each) for each in found])


if __name__ == "__main__":
    main()
