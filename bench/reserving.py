"""The reservations' benchmark in one PostgreSQL, an empty one that DATABASE_URL names; prints its
row of the table, and JSON.

python -m bench.reserving AGENTS
"""

import json
import statistics
import sys
import threading
from dataclasses import asdict

import django

django.setup()  # here, so that it is in the processes that this one spawns too

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench import pgbench, world  # noqa: E402
from bench.callers import CALLERS, Way, begin, decide, several  # noqa: E402
from bench.decisions import Measured, median, one_round, settle  # noqa: E402
from bench.pgbench import RESERVE  # noqa: E402
from presence.rules import RulesReader  # noqa: E402
from routing.models import Queue  # noqa: E402

EACH, REPEATS = 100, 3
"""How many calls each caller asks about in a turn."""


def _limit(queues: list[Queue]) -> float:
    first, *_ = world.call_in(queues)
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE IF EXISTS bench_wait")
        cursor.execute("CREATE SEQUENCE bench_wait START %s", [first])
    return pgbench.rate(RESERVE, CALLERS, each=EACH)


def main(agents: int) -> None:
    call_command("migrate", verbosity=0)
    RulesReader()
    world.make_queues()
    world.grow(agents)
    settle()
    queues = list(Queue.objects.exclude(name=world.SPARSE).order_by("pk"))
    queues *= EACH * CALLERS // len(queues)
    begin(threading.Barrier(1))
    decide(Way.ROLLCALL, world.call_in(queues[:1]))
    world.clear()
    ours, limits = [], []
    with several() as crowd:
        one_round(Way.ROLLCALL, queues, crowd)  # to warm up
        for _ in range(REPEATS):
            each, whole = one_round(Way.ROLLCALL, queues, crowd)
            cuts = statistics.quantiles((s * 1000 for s in each), n=100, method="inclusive")
            ours.append(Measured(len(each) / whole, cuts[49], cuts[98]))
            limits.append(_limit(queues))
            world.clear()
    found, limit = median(ours), statistics.median(limits)
    cells = f"{found.rate:,.1f} | {found.p50:,.1f} | {found.p99:,.1f} | {limit:,.1f}"
    print(f"| {agents:,} | {CALLERS} | {cells} | {found.rate / limit:.2f} |")
    print(json.dumps({"agents": agents, "ours": asdict(found), "limit": limit}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
