"""Time in status, of random histories, beside a slow and obvious count."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from presence.events import Choice, Choose, LegAction
from presence.models import Agent, Reason, Team
from reports.in_status import TOTAL, read
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
    make_reason,
    make_team,
)
from tests.reports.histories import Looks, look, make_floor, minutes

pytestmark = pytest.mark.django_db

UTC_ZONE, MADRID = ZoneInfo("UTC"), ZoneInfo("Europe/Madrid")
DST = [
    ("Europe/Madrid", date(2026, 3, 29), 23),
    ("Europe/Madrid", date(2026, 10, 25), 25),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),  # its clocks move by half an hour
    ("Asia/Kathmandu", date(2026, 5, 5), 24),  # 5:45 ahead
    ("America/Asuncion", date(2023, 10, 1), 23),  # no midnight that day
    ("Asia/Beirut", date(2023, 10, 29), 24),  # midnight came twice, at the end of the day before
]


def night(zone: str, day: date) -> tuple[Wish, datetime, datetime]:
    """A wish for the days around the change, and the time that the history lasts."""
    wish = Wish(day - timedelta(days=1), day + timedelta(days=1), ZoneInfo(zone), By.DAY)
    borders = wish.borders()
    return wish, borders[0] - timedelta(hours=7), borders[-1] - timedelta(hours=5, minutes=13)


@pytest.mark.parametrize(("zone", "day", "lasts"), DST)
def test_g13_the_report_equals_one_look_for_each_minute(zone: str, day: date, lasts: float) -> None:
    around, start, now = night(zone, day)
    make_floor(start, now)
    looks = look(start, now)
    for by in (By.DAY, By.HOUR, By.QUARTER):
        equals(replace(around, by=by), looks, now)
    assert read(around, now).lines[1].tally[TOTAL] == 3 * lasts * 3600 * 1_000_000


def equals(wish: Wish, looks: Looks, now: datetime) -> None:
    """The report is what was seen at each minute."""
    buckets = minutes(wish.borders())
    slow: Counter[tuple[datetime, str]] = Counter()
    for moment, _agent, status, _reason in looks:
        if began := buckets.get(moment):
            slow[began, status] += 60
    sheet = read(wish, now)
    found = {
        (line.began, code): number / 1_000_000
        for line in sheet.lines
        for code, number in line.tally.items()
        if code != TOTAL and number
    }
    assert found == slow


def test_reasons_equal_one_look_for_each_minute() -> None:
    now = at(3 * 86_400)
    make_floor(START, now, seed=2)
    sheet = read(Wish(START.date(), now.date(), MADRID, By.AGENT_DAY), now, reasons=True)
    lunch = f"on_break:{Reason.objects.get().pk}"
    slow: Counter[tuple[datetime | None, str]] = Counter()
    buckets = minutes(Wish(START.date(), now.date(), MADRID, By.DAY).borders())
    for moment, _agent, status, reason in look(START, now):
        code = lunch if reason else status
        slow[buckets[moment], code] += 60
    found: Counter[tuple[datetime | None, str]] = Counter()
    for line in sheet.lines:
        for code, number in line.tally.items():
            found[line.began, code] += number // 1_000_000
    assert {key: n for key, n in found.items() if key[1] != TOTAL and n} == slow
    labels = [str(column.label) for column in sheet.columns]
    assert [x for x in labels if "Break" in x] == ["On Break · no reason", "On Break · Lunch"]


@pytest.mark.parametrize("by", [By.AGENT, By.TEAM, By.QUEUE, By.DAY, By.HOUR, By.AGENT_DAY])
def test_g16_all_lines_add_up_to_the_clock(by: By) -> None:
    now = at(2 * 86_400 + 17.000_001)
    agents = make_floor(START, now)
    team = make_team("Sales")
    agents[0].team = team
    agents[0].save()
    make_queue(members=agents[:1])
    first = START.date() - timedelta(days=1)
    sheet = read(Wish(first, now.date(), MADRID, by), now)
    clock = 3 * (now - START) // timedelta(microseconds=1)
    assert sum(line.tally[TOTAL] for line in sheet.lines) == sheet.total[TOTAL] == clock
    assert any(line.open for line in sheet.lines)


def test_g15_what_still_runs_counts_until_now_and_is_open() -> None:
    make_agent("Ada", mode="available")
    (line,) = read(Wish(START.date(), START.date(), UTC_ZONE), at(90)).lines
    assert (line.name, line.open, line.tally["available"]) == ("Ada", True, 90_000_000)


def test_what_went_on_after_the_range_is_not_open_in_it() -> None:
    make_agent("Ada", mode="available")
    (line,) = read(Wish(START.date(), START.date(), UTC_ZONE), at(3 * 86_400)).lines
    assert (line.open, line.tally[TOTAL]) == (False, 15 * 3_600_000_000)


def test_g14_what_ran_over_midnight_is_split_there() -> None:
    ada = make_agent("Ada", mode="available")
    midnight = 15 * 3600
    choose(ada, "busy", midnight - 600)
    choose(ada, "available", midnight + 1200)
    wish = Wish(START.date(), START.date() + timedelta(days=1), UTC_ZONE, By.DAY)
    days = read(wish, at(midnight + 9000)).lines
    assert [line.tally["busy"] // 1_000_000 for line in days] == [600, 1200]


def test_two_agents_of_one_name_have_lines_of_their_own_and_a_team_has_one() -> None:
    team = make_team("Sales")
    for _ in range(2):
        make_agent("Ada", mode="available", team=team)
    day = START.date(), START.date(), UTC_ZONE
    assert [line.name for line in read(Wish(*day), at(60)).lines] == ["Ada", "Ada"]
    (line,) = read(Wish(*day, By.TEAM), at(60)).lines
    assert (line.name, line.tally[TOTAL]) == ("Sales", 120_000_000)


def test_who_serves_several_queues_is_in_each_and_once_in_the_total() -> None:
    ada, _bob = make_agent("Ada"), make_agent("Bob")
    make_queue("A", members=[ada])
    second = make_queue("B", members=[ada])
    day = START.date(), START.date(), UTC_ZONE
    sheet = read(Wish(*day, By.QUEUE), at(60))
    assert [line.name for line in sheet.lines] == ["", "A", "B"]
    assert sheet.total[TOTAL] == 120_000_000
    sheet = read(Wish(*day, By.QUEUE, queue=second.pk), at(60))
    assert [(line.name, line.tally[TOTAL]) for line in sheet.lines] == [("B", 60_000_000)]


def test_a_report_is_of_one_team_or_of_those_who_serve_one_queue() -> None:
    team: Team = make_team("Sales")
    ada = make_agent("Ada", team=team)
    bob = make_agent("Bob")
    queue = make_queue(members=[ada, bob])
    make_agent("Eve")
    day = START.date(), START.date(), UTC_ZONE

    def names(team: int | None, queue: int | None) -> list[str]:
        return [line.name for line in read(Wish(*day, By.AGENT, team, queue), at(60)).lines]

    assert names(None, None) == ["Ada", "Bob", "Eve"]
    assert names(team.pk, None) == names(team.pk, queue.pk) == ["Ada"]
    assert names(None, queue.pk) == ["Ada", "Bob"]


def test_f3_f5_a_reason_keeps_its_line_whatever_it_is_called_and_whether_it_is_active() -> None:

    ada = make_agent("Ada", mode="available")
    lunch = make_reason()
    actions.apply(ada.pk, Choose(at=at(60), choice=Choice("on_break", lunch.pk)))
    Reason.objects.filter(pk=lunch.pk).update(label="Midday", active=False)
    sheet = read(Wish(START.date(), START.date(), UTC_ZONE), at(100), reasons=True)
    assert "On Break · Midday" in [column.label for column in sheet.columns]
    assert sheet.total[f"on_break:{lunch.pk}"] == 40_000_000


def test_c20_a_pending_mode_counts_from_when_it_applies(ada: Agent) -> None:
    call = call_of(make_interaction())
    for action, seconds in ((LegAction.OFFERED, 10), (LegAction.ANSWERED, 20)):
        actions.apply(ada.pk, leg_event(action, seconds, call=call))
    choose(ada, "on_break", 60)
    actions.apply(ada.pk, leg_event(LegAction.HUNG_UP, 260, call=call))
    sheet = read(Wish(START.date(), START.date(), UTC_ZONE), at(300))
    spent = {code: number // 1_000_000 for code, number in sheet.total.items()}
    assert spent == {"available": 10, "ringing": 10, "on_call": 240, "on_break": 40, TOTAL: 300}


def test_moments_are_exact_to_the_microsecond() -> None:
    start = datetime(2026, 3, 2, 9, 0, 0, 999_999, tzinfo=UTC)
    ada = make_agent("Ada", mode="available", start=start)
    choose(ada, "busy", 5.000_001)
    sheet = read(Wish(START.date(), START.date(), UTC_ZONE, By.HOUR), at(3600.25))
    first, second = (line.tally for line in sheet.lines)
    assert (first["available"], first["busy"]) == (4_000_002, 3_594_999_999)
    assert second["busy"] == 250_000
