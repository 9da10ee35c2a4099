"""The reports' benchmark in one database, an empty one that DATABASE_URL names; prints its table,
and it as JSON.

python -m bench.passes [--quick]
"""

import json
import statistics
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench import year  # noqa: E402
from presence.models import Interval  # noqa: E402
from reports import agent_calls, coverage, in_status, queue_calls, workforce  # noqa: E402
from reports.read import stretches  # noqa: E402
from reports.stretches import cut  # noqa: E402
from reports.wish import By, Wish  # noqa: E402

REPEATS = 3
ZONE = ZoneInfo("Europe/Madrid")
PLAIN = """
SELECT agent_id, status_id, SUM(ended_at - started_at) FROM presence_interval
WHERE ended_at > %s AND started_at < %s GROUP BY agent_id, status_id
"""


def seconds(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def plain(wish: Wish) -> None:
    borders = wish.borders()
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [borders[0], borders[-1]])
        cursor.fetchall()


def slow(wish: Wish, now: datetime) -> Counter[tuple[int, int, str]]:
    """Microseconds by agent, bucket and status, each row by itself."""
    borders, found = wish.borders(), Counter[tuple[int, int, str]]()
    for one in stretches(borders[0], borders[-1], now):
        for bucket, spent in cut(one.began, one.ended, borders[:-1], borders[-1]):
            found[one.agent, bucket, one.status] += round(spent * 1_000_000)
    return found


def same(wish: Wish, now: datetime, expected: Counter[tuple[int, int, str]]) -> None:
    """Stop unless the report's days equal the slow way's."""
    borders, days = wish.borders(), Counter[tuple[int, str]]()
    for (_agent, bucket, status), spent in expected.items():
        days[bucket, status] += spent
    for line in in_status.read(wish, now).lines:
        assert line.began
        for status, spent in line.tally.items():
            if status != in_status.TOTAL:
                days[bisect_right(borders, line.began) - 1, status] -= spent
    if any(days.values()):
        raise RuntimeError("The report is not what the slow way finds.")


def main(quick: bool) -> None:
    first = year.FIRST
    last = date(first.year, 1, 31) if quick else year.LAST
    began = time.perf_counter()
    call_command("migrate", verbosity=0)
    year.make(last)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    rows = Interval.objects.count()
    print(f"{year.AGENTS} agents, {rows:,} intervals, made in {time.perf_counter() - began:.0f} s")
    now = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=2)
    month = last.replace(day=1) if quick else date(last.year, 5, 1)
    end = month + timedelta(days=30)
    days = Wish(first, last, ZONE, By.DAY)
    expected: list[Counter[tuple[int, int, str]]] = []
    taken = seconds(lambda: expected.append(slow(days, now)))
    same(days, now, expected[0])
    told: list[tuple[str, Callable[[], object]]] = [
        ("plain SQL, by agent and status", lambda: plain(days)),
        ("time in status, a year by agent", lambda: in_status.read(Wish(first, last, ZONE), now)),
        ("time in status, a year by day", lambda: in_status.read(days, now)),
        ("workforce, a year by agent", lambda: workforce.read(Wish(first, last, ZONE), now)),
        ("calls, a year by agent", lambda: agent_calls.read(Wish(first, last, ZONE), now)),
        (
            "calls, a year by queue",
            lambda: queue_calls.read(Wish(first, last, ZONE, By.QUEUE), now),
        ),
        ("coverage, a month by hour", lambda: coverage.read(Wish(month, end, ZONE, By.HOUR), now)),
        ("time in status, the last day", lambda: in_status.read(Wish(last, last, ZONE), now)),
    ]
    repeats = [[seconds(what) for _, what in told] for _ in range(REPEATS)]
    medians = [statistics.median(each) for each in zip(*repeats, strict=True)]
    print("\n| what | seconds | x plain |\n| :-- | --: | --: |")
    found = {name: median for (name, _), median in zip(told, medians, strict=True)}
    found["slow and obvious, a year by agent and day"] = taken
    for name, each in found.items():
        print(f"| {name} | {each:.2f} | {each / medians[0]:.1f} |")
    print(json.dumps({"agents": year.AGENTS, "intervals": rows, "seconds": found}))


if __name__ == "__main__":
    main("--quick" in sys.argv)
