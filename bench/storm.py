"""2,000 agents' pages come back at once while 50 watchers look on; beside it, a plain accept.

    python -m bench.storm [--sockets 2000]

A page comes with the ticket that it was given at log-in, becomes its agent's webphone, and is back
when it has its bar. *Plain* is the same server letting sockets in, and nothing else.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import django

from bench import results
from bench.board import Load, Target, Watchers, latencies, serve
from bench.watching import Counting, connect

WATCHERS, RATE = 50, 20  # and changes a second, in which they see how late they are
PATIENCE = 60.0
HANDSHAKE = 600
"""Bytes. The answer to a handshake has fewer, a bar has more."""


@dataclass(frozen=True)
class Result:
    """Sockets a second let in and served; the watchers' p99 in milliseconds; `back` is a share."""

    way: str
    accepted: float
    served: float
    back: float
    p99: float


async def come(port: int, paths: list[str], enough: int) -> tuple[list[Counting], float, float]:
    """All at once; seconds until the last is let in, and until each has `enough` bytes."""
    began = time.perf_counter()
    sockets = await asyncio.gather(*(connect(port, path) for path in paths))
    accepted = await _all(sockets, 1, began)
    return list(sockets), accepted, await _all(sockets, enough, began)


async def _all(sockets: list[Counting], enough: int, began: float) -> float:
    while any(socket.came < enough for socket in sockets):
        if time.perf_counter() - began > PATIENCE:
            break
        await asyncio.sleep(0.02)
    return time.perf_counter() - began


async def measure(target: Target, way: str, paths: list[str], enough: int) -> Result:
    async with Watchers(target.address(plain=False), WATCHERS) as watching:
        await asyncio.sleep(3)  # their snapshots
        load = Load(target.port, target.agents, target.rate, plain=False)
        changing = asyncio.create_task(load.run(target.seconds))
        await asyncio.sleep(1)
        sockets, accepted, served = await come(target.port, paths, enough)
        await changing
        await asyncio.sleep(2)
    back = sum(s.came >= enough and not s.closed for s in sockets) / len(sockets)
    for socket in sockets:
        socket.transport.close()
    every = [each for seen in watching.arrivals for each in latencies(load.sent, seen)]
    p99 = statistics.quantiles([each * 1000 for each in every if each is not None], n=100)[98]
    return Result(way, len(paths) / accepted, len(paths) / served, back, p99)


def tickets(count: int) -> list[str]:
    """Addresses of the pages of so many agents; the floor gave each agent's user the next key."""
    from dashboard.tickets import Ticket, issue  # noqa: PLC0415 - Django is set up by now

    found = (Ticket(user=n + 1, agent=n, monitor=False) for n in range(1, count + 1))
    return [f"/ws/?ticket={issue(ticket)}" for ticket in found]


def run(count: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        server, port, ticket = serve(count, Path(folder))
        target = Target(port, ticket, count, RATE, 8)
        try:
            plain = asyncio.run(measure(target, "plain accept", ["/ws/bare/"] * count, 1))
            ours = asyncio.run(measure(target, "Rollcall", tickets(count), HANDSHAKE))
        finally:
            server.terminate()
            server.wait(20)
    return [ours, plain]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=2000)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "bench.settings", "SECRET_KEY": "bench"}
    count = parser.parse_args().sockets
    django.setup()
    found = run(count)
    print(
        "| way | let in/s | served/s | back | watchers' p99, ms |\n| :-- | --: | --: | --: | --: |"
    )
    for r in found:
        print(f"| {r.way} | {r.accepted:,.0f} | {r.served:,.0f} | {r.back:.1%} | {r.p99:.0f} |")
    print(f"Let in at {found[0].accepted / found[1].accepted:.2f} of the plain rate")
    results.save("storm", [asdict(each) for each in found])


if __name__ == "__main__":
    main()
