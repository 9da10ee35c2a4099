"""The routing benchmark in one database, an empty one that DATABASE_URL names; prints its
tables, and them as JSON.

python -m bench.decisions [--quick]
"""

import json
import statistics
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import Any

import django

django.setup()  # here, so that it is in the processes that this one spawns too

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import world  # noqa: E402
from bench.callers import CALLERS, Way, begin, decide, several  # noqa: E402
from routing.distribution import distribute  # noqa: E402
from routing.models import Queue  # noqa: E402

SIZES = (100, 1_000, 10_000)
REPEATS, DECISIONS = 3, 150
"""Each figure is the median of so many repeats, which take turns, of so many decisions each. They
are made in rounds of one caller in each of the 50 queues, or 10 in the sparse one."""
IN_SPARSE = 10


@dataclass(frozen=True)
class Measured:
    """Decisions a second, and what one took (milliseconds)."""

    rate: float
    p50: float
    p99: float


def median(repeats: list[Measured]) -> Measured:
    return Measured(
        *(
            statistics.median(getattr(repeat, name) for repeat in repeats)
            for name in ("rate", "p50", "p99")
        )
    )


def one_round(way: Way, queues: list[Queue], crowd: Executor | None) -> tuple[list[float], float]:
    """One caller for each of `queues`; gives what each decision took and the whole (seconds)."""
    entries = world.call_in(queues)
    if crowd:
        parts = [entries[first::CALLERS] for first in range(CALLERS)]
        taken = list(crowd.map(decide, [way] * CALLERS, parts))
    else:
        taken = [decide(way, entries)]
    world.clear()
    whole = max(t.ended for t in taken) - min(t.began for t in taken)
    return [seconds for t in taken for seconds in t.seconds], whole


def repeat(way: Way, queues: list[Queue], crowd: Executor | None) -> Measured:
    rounds = [one_round(way, queues, crowd) for _ in range(DECISIONS // len(queues))]
    each = sorted(seconds * 1000 for decisions, _ in rounds for seconds in decisions)
    cuts = statistics.quantiles(each, n=100, method="inclusive")
    return Measured(len(each) / sum(whole for _, whole in rounds), cuts[49], cuts[98])


def both(queues: list[Queue], repeats: int, crowd: Executor | None = None) -> list[Measured]:
    """Rollcall's and the bare SQL's figures, taken in turns."""
    one_round(Way.ROLLCALL, queues, crowd)  # to warm up
    one_round(Way.BARE, queues, crowd)
    pairs = [[repeat(way, queues, crowd) for way in Way] for _ in range(repeats)]
    return [median(list(way)) for way in zip(*pairs, strict=True)]


def one_pass(queues: list[Queue], repeats: int) -> float:
    """Milliseconds a decision where one pass of distribution serves everybody who waits."""
    found = []
    for _ in range(repeats):
        world.call_in(queues)
        began = time.perf_counter()
        offers = distribute(timezone.now()).offers
        found.append((time.perf_counter() - began) * 1000 / offers)
        world.clear()
    return statistics.median(found)


def rows_of(way: Way) -> dict[str, int]:
    """By table, how many rows a decision adds."""

    def count() -> dict[str, int]:
        models = [m for m in apps.get_models() if m._meta.app_label in ("presence", "routing")]
        return {model._meta.db_table: model._default_manager.count() for model in models}

    entries = world.call_in(Queue.objects.order_by("pk")[:1])
    before = count()
    decide(way, entries)
    after = count()
    world.clear()
    return {table: after[table] - before[table] for table in before if after[table] > before[table]}


def statements() -> int:
    """How many statements a decision of Rollcall's is, the transaction's own among them."""
    entries = world.call_in(Queue.objects.order_by("pk")[:1])
    with CaptureQueriesContext(connection) as seen:
        decide(Way.ROLLCALL, entries)
    world.clear()
    return len(seen)


def row(cells: Iterable[str]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def head(names: str) -> None:
    cells = names.split(", ")
    print()
    row(f"{name:>8}" for name in cells)
    row("-------:" for _ in cells)


def line(*numbers: float) -> None:
    row(f"{n:>8,}" if isinstance(n, int) else f"{n:>8,.1f}" for n in numbers)


def settle() -> None:
    """Have PostgreSQL know its tables, as its autovacuum would have it in a minute."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def compare(sizes: Iterable[int], repeats: int, crowd: Executor) -> dict[str, Any]:
    """The tables, the floor growing from size to size; gives them."""
    queues = list(Queue.objects.exclude(name=world.SPARSE).order_by("pk"))
    sparse = [Queue.objects.get(name=world.SPARSE)] * IN_SPARSE
    head("agents, callers, ours/s, p50 ms, p99 ms, bare/s, p50 ms, p99 ms, x p50, x p99")
    decisions: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    passes: list[dict[str, float]] = []
    for agents in sizes:
        world.grow(agents)
        settle()
        for callers, at_once in ((1, None), (CALLERS, crowd)):
            a, b = both(queues, repeats, at_once)
            ratios = a.p50 / b.p50, a.p99 / b.p99
            line(agents, callers, a.rate, a.p50, a.p99, b.rate, b.p50, b.p99, *ratios)
            pair = {"ours": asdict(a), "bare": asdict(b)}
            decisions.append({"agents": agents, "callers": callers} | pair)
        passes.append({"agents": agents, "ms": one_pass(queues, repeats)})
        world.withdraw_all_but_a_few()
        settle()
        a, b = both(sparse, repeats)
        number = agents - world.ELIGIBLE
        others.append({"others": number, "ours": asdict(a), "bare": asdict(b)})
        world.restore_all()
    head("others, ours p50, p99 ms, bare p50, p99 ms, x p50, x p99")
    for each in others:
        c, d = each["ours"], each["bare"]
        times = [c[name] / d[name] for name in ("p50", "p99")]
        line(each["others"], c["p50"], c["p99"], d["p50"], d["p99"], *times)
    head("agents, in pass ms")
    for one in passes:
        line(one["agents"], one["ms"])
    return {"decisions": decisions, "others": others, "passes": passes}


def main(quick: bool) -> None:
    call_command("migrate", verbosity=0)
    world.make_queues()
    begin(threading.Barrier(1))
    world.grow(world.QUEUES)
    ours, plain = (rows_of(way) for way in Way)
    if ours != plain:
        raise RuntimeError(f"The bare SQL writes {plain}, a decision {ours}.")
    print(f"A decision is {statements()} statements and {sum(ours.values())} new rows.")
    with several() as crowd:
        found = compare(SIZES[:2] if quick else SIZES, 1 if quick else REPEATS, crowd)
    print(json.dumps(found))


if __name__ == "__main__":
    main("--quick" in sys.argv)
