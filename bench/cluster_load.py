"""A load on a cluster: how long changes take from the POST to their arrival in its first minute and
its last, what the web processes hold, and whether every board ended as the database did."""

import asyncio
import statistics
import time
from dataclasses import asdict, dataclass

from bench.board import MEASURED, Load, Moments, Watchers, latencies
from bench.crowd import quiet, taken_in
from bench.parts import spent
from bench.watching import connect, memory

MINUTE = 60.0
SETTLE = 5.0  # seconds in which every board has to be right


@dataclass(frozen=True)
class Part:
    """A part of the load's time: latencies in milliseconds, `arrived` of the changes (0 to 1), and
    what each web process held at its end, in MB."""

    name: str
    p50: float
    p99: float
    arrived: float
    memory: list[float]


@dataclass(frozen=True)
class Found:
    """`changes` is how many were made, fewer than wished for where the machine bears no more;
    `wrong` rows on the measured watchers' boards, `SETTLE` seconds after the last; `spent` is
    milliseconds of processor time a change, by part of the cluster."""

    parts: list[Part]
    changes: int
    seconds: float
    wrong: int
    spent: dict[str, float]


@dataclass(frozen=True)
class Wish:
    """What is asked for: `changes` a second."""

    minutes: float
    agents: int
    changes: float
    watchers: int


async def measure(port: int, ticket: str, webs: list[int], wish: Wish) -> Found:
    """Load the cluster whose browsers come in at `port`; `webs` are its web processes."""
    path = f"/ws/?ticket={ticket}"
    count = max(wish.watchers - MEASURED, 0)
    others = [await connect(port, path, compressed=True) for _ in range(count)]
    watched = Watchers(f"ws://127.0.0.1:{port}{path}", wish.watchers - count, "deflate")
    async with watched as watching:
        await taken_in(watching)
        await quiet(*others, watching)
        load = Load(port, wish.agents, wish.changes, plain=False)
        began, before = time.perf_counter(), spent()
        running = asyncio.create_task(load.run(wish.minutes * MINUTE))
        await asyncio.wait([running], timeout=min(MINUTE, wish.minutes * MINUTE / 2))
        early, held_early = time.perf_counter(), _held(webs)
        await running
        ended, held_at_last = time.perf_counter(), _held(webs)
        taken = {name: seconds - before.get(name, 0) for name, seconds in spent().items()}
        await asyncio.sleep(SETTLE)
    for other in others:
        other.transport.close()
    last = ended - (early - began)
    changes = sum(map(len, load.sent.values()))
    return Found(
        parts=[
            _part("first", _within(load.sent, began, early), watching.arrivals, held_early),
            _part("last", _within(load.sent, last, ended), watching.arrivals, held_at_last),
        ],
        changes=changes,
        seconds=ended - began,
        wrong=_wrong(load.sent, watching.arrivals),
        spent={
            part: taken[part] / changes * 1000
            for part in sorted(taken, key=lambda part: -taken[part])
        },
    )


def _part(name: str, sent: Moments, arrivals: list[Moments], held: list[float]) -> Part:
    found = [value for seen in arrivals for value in latencies(sent, seen)]
    came = [value * 1000 for value in found if value is not None]
    cuts = statistics.quantiles(came, n=100) if len(came) > 1 else [float("nan")] * 99
    return Part(name, cuts[49], cuts[98], len(came) / max(1, len(found)), held)


def _wrong(sent: Moments, arrivals: list[Moments]) -> int:
    newest = {agent: changes[-1][1] for agent, changes in sent.items() if changes}
    return sum(
        not seen.get(agent) or seen[agent][-1][1] < number
        for seen in arrivals
        for agent, number in newest.items()
    )


def _within(sent: Moments, first: float, last: float) -> Moments:
    """What was sent between these two moments."""
    return {
        agent: [(at, number) for at, number in changes if first <= at < last]
        for agent, changes in sent.items()
    }


def _held(processes: list[int]) -> list[float]:
    """What each holds now, in MB."""
    return [memory(process) / 1e6 for process in processes]


def table(found: Found) -> str:
    """What was found, for who looks on."""
    rate = found.changes / found.seconds
    parts = ", ".join(f"{name} {ms:.1f}" for name, ms in found.spent.items())
    lines = [
        f"{found.changes:,} changes in {found.seconds:.0f} s, {rate:.0f} a second. Rows that were "
        f"wrong on a watcher's board {SETTLE:.0f} s after the last: {found.wrong}.",
        f"Milliseconds of processor time a change: {parts}.",
        "",
        "| minute | p50 | p99 | arrived | memory of each web process |",
        "| ------ | --: | --: | ------: | -------------------------: |",
    ]
    for part in found.parts:
        held = " and ".join(f"{value:.0f} MB" for value in part.memory)
        lines.append(
            f"| {part.name} | {part.p50:.0f} ms | {part.p99:.0f} ms | {part.arrived:.1%} | {held} |"
        )
    return "\n".join([*lines, ""])


def as_json(wish: Wish, found: Found) -> dict[str, object]:
    return {"wish": asdict(wish), "found": asdict(found)}
