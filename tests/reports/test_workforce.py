"""Workforce and coverage, of random histories, beside one look for each minute."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from presence.events import LegAction
from presence.models import Agent, Status
from presence.models.catalogue import Workforce
from reports import coverage, workforce
from reports.sheet import Sheet
from reports.wish import By, Wish
from routing import actions
from tests.factories import (
    START,
    at,
    call_of,
    choose,
    leg_event,
    make_agent,
    make_interaction,
    make_queue,
)
from tests.reports.histories import look, make_floor, minutes

pytestmark = pytest.mark.django_db

UTC_ZONE = ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def kinds() -> dict[str, Workforce]:
    return {code: Workforce(kind) for code, kind in Status.objects.values_list("pk", "workforce")}


def figures(sheet: Sheet, place: int = 0) -> dict[str, float | None]:
    tally = sheet.lines[place].tally
    return {column.code: column.value(tally) for column in sheet.columns}


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Madrid", date(2026, 10, 25)), ("Australia/Lord_Howe", date(2026, 4, 5))],
)
def test_workforce_equals_one_look_for_each_minute(
    zone: str, day: date, kinds: dict[str, Workforce]
) -> None:
    wish = Wish(day, day, ZoneInfo(zone), By.HOUR)
    borders = wish.borders()
    start, now = borders[0] - 5 * 60 * MINUTE, borders[-1] - 97 * MINUTE
    make_floor(start, now)
    buckets = minutes(borders)
    slow: Counter[tuple[datetime, str]] = Counter()
    for moment, _agent, status, _reason in look(start, now):
        if began := buckets.get(moment):
            slow[began, kinds[status].value] += 60
    sheet = workforce.read(wish, now)
    found = {
        (line.began, code): number / 1_000_000
        for line in sheet.lines
        for code, number in line.tally.items()
    }
    assert found == slow


def test_logged_in_time_is_all_that_is_not_absent() -> None:
    ada = make_agent("Ada", mode="available")
    for mode, seconds in (("busy", 100), ("offline", 300), ("available", 900)):
        choose(ada, mode, seconds)
    found = figures(workforce.read(Wish(START.date(), START.date(), UTC_ZONE), at(1000)))
    assert (found["ready"], found["withdrawn"], found["absent"]) == (200, 200, 600)
    assert (found["logged_in"], found["availability"], found["occupancy"]) == (400, 0.5, 0.0)


def test_who_was_only_absent_has_no_rates() -> None:
    make_agent("Ada", mode="offline")
    found = figures(workforce.read(Wish(START.date(), START.date(), UTC_ZONE), at(1000)))
    assert (found["occupancy"], found["availability"]) == (None, None)


def test_talk_hold_and_wrap_up_are_those_of_calls_and_what_runs_counts_until_now(
    ada: Agent,
) -> None:
    call = call_of(make_interaction(), wrap_up=60)
    for action, seconds in (
        (LegAction.OFFERED, 100),
        (LegAction.ANSWERED, 110),
        (LegAction.HELD, 150),
        (LegAction.RESUMED, 170),
        (LegAction.CONSULTED, 200),
        (LegAction.HUNG_UP, 300),
    ):
        actions.apply(ada.pk, leg_event(action, seconds, call=call))
    day = Wish(START.date(), START.date(), UTC_ZONE)
    sheet = workforce.read(day, at(320))
    found = figures(sheet)
    assert (found["talk"], found["hold"], found["wrap_up"]) == (170, 20, 20)
    assert (found["ready"], found["engaged"], found["occupancy"]) == (100, 220, 220 / 320)
    assert sheet.lines[0].open
    actions.apply(ada.pk, leg_event(LegAction.WRAP_UP_DONE, 330, call=call))
    assert figures(workforce.read(day, at(400)))["wrap_up"] == 30


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Madrid", date(2026, 3, 29)),
        ("Asia/Kathmandu", date(2026, 5, 5)),
        ("America/Asuncion", date(2023, 10, 1)),
    ],
)
def test_coverage_equals_one_look_for_each_minute(
    zone: str, day: date, kinds: dict[str, Workforce]
) -> None:
    borders = Wish(day, day, ZoneInfo(zone), By.HOUR).borders()
    start, now = borders[0] - 300 * MINUTE, borders[-1] - 100 * MINUTE
    make_floor(start, now, agents=2)
    counts: dict[datetime, Counter[Workforce]] = {}
    for moment, _agent, status, _reason in look(start, now):
        counts.setdefault(moment, Counter())[kinds[status]] += 1
    for by in (By.HOUR, By.HALF_HOUR, By.QUARTER):
        equals(Wish(day, day, ZoneInfo(zone), by), counts, now)


def equals(wish: Wish, counts: dict[datetime, Counter[Workforce]], now: datetime) -> None:
    """Coverage is what was counted at each minute."""
    buckets = minutes(wish.borders())
    seen: dict[datetime, list[tuple[int, int]]] = {}
    for moment, count in counts.items():
        if began := buckets.get(moment):
            there = count.total() - count[Workforce.ABSENT]
            seen.setdefault(began, []).append((count[Workforce.READY], there))
    sheet = coverage.read(wish, now)
    assert [line.began for line in sheet.lines] == sorted(seen)
    for line in sheet.lines:
        assert line.began
        looks = seen[line.began]
        ready, staffed = [a for a, _ in looks], [b for _, b in looks]
        found = {column.code: column.value(line.tally) for column in sheet.columns}
        assert found["ready"] == pytest.approx(sum(ready) / len(looks))
        assert found["staffed"] == pytest.approx(sum(staffed) / len(looks))
        assert (found["ready_least"], found["staffed_least"]) == (min(ready), min(staffed))
        assert (found["gap"], found["unstaffed"]) == (
            60 * ready.count(0),
            60 * staffed.count(0),
        )
        assert line.gap == (0 in ready)
    assert sheet.total["gap"] == sum(line.tally["gap"] for line in sheet.lines)
    assert [line.open for line in sheet.lines].count(True) == 1


def test_a_gap_of_a_moment_within_an_interval_shows_though_its_edges_are_covered() -> None:
    ada = make_agent("Ada", mode="available")
    choose(ada, "busy", 600)
    choose(ada, "available", 600.25)
    wish = Wish(START.date(), START.date(), UTC_ZONE, By.HOUR)
    line = coverage.read(wish, at(3600)).lines[-1]
    assert (line.gap, line.tally["ready_least"], line.tally["gap"]) == (True, 0, 250_000)


def test_one_who_takes_over_at_the_same_moment_leaves_no_gap(ada: Agent) -> None:
    bob = make_agent("Bob", mode="busy")
    choose(bob, "available", 600)
    choose(ada, "busy", 600)
    wish = Wish(START.date(), START.date(), UTC_ZONE, By.HOUR)
    line = coverage.read(wish, at(3600)).lines[-1]
    assert (line.gap, line.tally["ready_least"]) == (False, 1)


def test_a_queue_that_nobody_serves_is_one_gap_and_nothing_is_told_of_the_future() -> None:
    make_agent("Ada", mode="available")
    queue = make_queue()
    wish = Wish(START.date(), START.date(), UTC_ZONE, By.HOUR, queue=queue.pk)
    sheet = coverage.read(wish, at(90 * 60))
    assert len(sheet.lines) == 2
    assert sheet.total["gap"] == sheet.total["unstaffed"] == 1.5 * 3_600_000_000


def test_no_gap_is_told_of_before_the_first_agent_was_added() -> None:
    day = Wish(START.date(), START.date(), UTC_ZONE, By.HOUR)
    assert coverage.read(day, at(3600)).lines == ()
    ada = make_agent("Ada", mode="busy", start=at(600))
    choose(ada, "available", 1200)
    [line] = coverage.read(day, at(1800)).lines
    assert (line.began, line.tally["gap"], line.tally["wide"]) == (at(0), 600e6, 1200e6)
