"""2,000 agents' pages come back at once while 50 watchers look on; beside it, a plain accept.

    python -m bench.storm [--sockets 2000]

A page comes with the ticket that it was given at log-in, becomes its agent's webphone, and is back
when it has its bar. *Plain* is the same server letting sockets in, and nothing else.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE
from dataclasses import asdict, dataclass
from pathlib import Path

import django

from bench import results
from bench.board import MEASURED, Load, Target, Watchers, latencies, serve
from bench.watching import connect

WATCHERS, RATE = 50, 20  # and changes a second, in which they see how late they are
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


async def measure(target: Target, way: str, paths: list[str], enough: int) -> Result:
    address = target.address(plain=False)
    path = address.partition(str(target.port))[2]
    others = [await connect(target.port, path, compressed=True) for _ in range(WATCHERS - MEASURED)]
    async with Watchers(address, MEASURED, "deflate") as watching:
        await asyncio.sleep(3)  # their snapshots
        load = Load(target.port, target.agents, target.rate, plain=False)
        changing = asyncio.create_task(load.run(target.seconds))
        await asyncio.sleep(1)
        took, back = await come_back(target.port, paths, enough, changing)
        await asyncio.sleep(2)
    for other in others:
        other.transport.close()
    every = [each for seen in watching.arrivals for each in latencies(load.sent, seen)]
    p99 = statistics.quantiles([each * 1000 for each in every if each is not None], n=100)[98]
    count = len(paths)
    return Result(way, count / took["accepted"], count / took["served"], back / count, p99)


async def come_back(
    port: int, paths: list[str], enough: int, changing: asyncio.Task[None]
) -> tuple[dict[str, float], int]:
    """Have these pages come at once; gives what it took, and how many are in after `changing`."""
    words = [sys.executable, "-m", "bench.storming", str(port), str(enough)]
    pages = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE)
    assert pages.stdin
    assert pages.stdout
    pages.stdin.write("".join(f"{path}\n" for path in [*paths, ""]).encode())
    took = json.loads(await pages.stdout.readline())
    await changing
    pages.stdin.close()
    back = int(await pages.stdout.readline())
    await pages.wait()
    return took, back


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
