"""An agent's day adds up: across midnight, on days of 23 and 25 hours, and for what still runs."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from dashboard.day import before, page
from dashboard.day.page import Day
from dashboard.day.parts import Part, Window, add_up
from presence.events import LegAction, NoAnswer, PhoneReach, WebphoneConnected, WebphoneLost
from presence.models import Agent
from reports import agent_calls, workforce
from reports.sheet import Sheet
from reports.wish import By, Wish
from tests.factories import START, at, make_agent, make_queue, make_reason, make_user
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db

A = LegAction
UTC_ZONE = ZoneInfo("UTC")
MADRID = ZoneInfo("Europe/Madrid")
TODAY = START.date()


def read(agent: Agent, day: date, now: datetime, zone: ZoneInfo = UTC_ZONE) -> Day:
    state = page.state_of(agent.pk)
    assert state
    return page.read(state, Window.of(day, zone, now))


def lasted(day: Day) -> list[tuple[str, float, bool]]:
    """What showed for how long, but for moments."""
    parts = [(span.status.code, span.part) for span in day.spans]
    return [(code, part.seconds, part.open) for code, part in parts if part.seconds or part.open]


def lost(seconds: float) -> WebphoneLost:
    return WebphoneLost(at=at(seconds), source="connections")


def back(seconds: float) -> WebphoneConnected:
    return WebphoneConnected(at=at(seconds), source="connections")


def wander(story: Story, hours: float, seed: int) -> datetime:
    """Breaks, calls, misses and losses at random for so long; gives when it ended."""
    random, second, number = Random(seed), 0.0, 0
    while second < hours * 3600:
        second += random.uniform(1, 8000)
        number += 1
        leg = f"leg{number}"
        match random.randrange(5):
            case 0 | 1:
                story.chooses(second, random.choice(["available", "busy", "on_break", "offline"]))
            case 2:
                story.gets(second, leg, wrap_up=random.choice([0, 30]))
                story.then(second + 5, A.ANSWERED, leg)
                story.chooses(second + 9, random.choice(["busy", "available"]))
                story.then(second + 20, A.HELD, leg)
                story.then(second + random.uniform(30, 900), A.HUNG_UP, leg)
                tick(second + 2000)
                second += 2000
            case 3:
                story.gets(second, leg, no_answer=NoAnswer.HOLD)
                story.then(second + 20, random.choice([A.RING_TIMED_OUT, A.REJECTED]), leg)
                second += 20
            case 4:
                story.gets(second, leg)
                story.then(second, A.WITHDRAWN, leg)
    return at(second + 60)


@pytest.fixture
def past(ada: Agent, request: pytest.FixtureRequest) -> tuple[Agent, datetime]:
    """An agent with three random days behind her, and when they ended."""
    return ada, wander(Story(ada), 60, seed=request.param)


ZONES = ["UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu"]


@pytest.mark.parametrize("past", [1, 2], indirect=True)
def test_g16_days_add_up_to_the_clock_without_gap_or_overlap(past: tuple[Agent, datetime]) -> None:
    for zone in ZONES:
        check_days(*past, ZoneInfo(zone))


def check_days(ada: Agent, now: datetime, zone: ZoneInfo) -> None:
    days = [read(ada, TODAY + timedelta(days=n), now, zone) for n in range(-1, 5)]
    spans = [span for day in days for span in day.spans]
    assert spans[0].part.began == START
    assert spans[-1].part.ended == now
    assert spans[-1].part.open
    for one, following in pairwise(spans):
        assert one.part.ended == following.part.began
    whole = sum(total.time.seconds for day in days for total in day.totals)
    assert whole == pytest.approx((now - START).total_seconds(), abs=1e-3)
    for day in days:
        for total in day.totals:
            if total.reasons:
                parts = sum(time.seconds for _, time in total.reasons)
                assert parts == pytest.approx(total.time.seconds)


@pytest.mark.parametrize("past", [3], indirect=True)
def test_every_call_counts_once_and_its_states_add_up(past: tuple[Agent, datetime]) -> None:
    ada, now = past
    days = [read(ada, TODAY + timedelta(days=n), now) for n in range(5)]
    legs = list(ada.legs.all())
    assert sum(day.figures.answered for day in days) == sum(bool(leg.answered_at) for leg in legs)
    for outcome, name in (("ring_timed_out", "missed"), ("rejected", "rejected")):
        wanted = sum(leg.outcome == outcome for leg in legs)
        assert wanted
        assert sum(getattr(day.figures, name) for day in days) == wanted
    for day in days:
        for call in day.calls:
            spent = sum(time.seconds for time in call.times)
            assert spent == pytest.approx(call.part.seconds)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_g13_a_day_has_as_many_hours_as_its_clocks_show(day: date, hours: int) -> None:
    began = datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=2)
    ada = make_agent("Ada", mode="available", start=began)
    (total,) = read(ada, day, began + timedelta(days=9), MADRID).totals
    assert total.time.seconds == hours * 3600


def test_g14_what_crosses_midnight_is_split_there(ada: Agent) -> None:
    Story(ada).chooses(0, "busy")
    Story(ada).chooses(16 * 3600, "available")  # 01:00
    first, second = (read(ada, TODAY + timedelta(days=n), at(20 * 3600)) for n in range(2))
    assert lasted(first) == [("busy", 15 * 3600, False)]
    assert lasted(second) == [("busy", 3600, False), ("available", 4 * 3600, True)]


def test_g15_what_still_runs_is_open_and_counts_until_now(ada: Agent) -> None:
    assert lasted(read(ada, TODAY, at(90))) == [("available", 90, True)]
    (total,) = read(ada, TODAY, at(90)).totals
    assert total.time.since == at(0)


def test_g11_a_clock_that_was_set_back_makes_nothing_negative(ada: Agent) -> None:
    Story(ada).chooses(600, "busy")
    day = read(ada, TODAY, at(300))
    assert lasted(day) == [("available", 600, False), ("busy", 0, True)]


def test_a_day_that_has_not_begun_and_one_before_the_agent_came_are_empty(ada: Agent) -> None:
    for days in (-2, 2):
        day = read(ada, TODAY + timedelta(days=days), at(60))
        assert (day.spans, day.calls, day.totals) == ((), (), ())
        assert day.timeline.rows


def test_c20_a_mode_that_waits_counts_from_when_it_applies(ada: Agent) -> None:
    lunch = make_reason(label="Lunch")
    story = Story(ada)
    story.talks(0)
    story.chooses(10, "on_break", lunch.pk)
    story.then(240, A.HUNG_UP)
    day = read(ada, TODAY, at(300))
    assert {total.status.code: total.time.seconds for total in day.totals} == {
        "on_call": 240,
        "on_break": 60,
    }
    (wait,) = day.waits
    assert (wait.mode, wait.part.seconds, wait.end) == ("On Break – Lunch", 230, "Applied")  # noqa: RUF001


def test_handle_time_is_talk_hold_and_wrap_up_of_answered_calls_by_their_number(ada: Agent) -> None:
    make_queue("Helpdesk", members=[ada])
    story = Story(ada)
    story.gets(0, "one", wrap_up=30)
    story.then(10, A.ANSWERED, "one")
    story.then(40, A.HELD, "one")
    story.then(60, A.CONSULTED, "one")
    story.then(80, A.RESUMED, "one")
    story.then(100, A.HUNG_UP, "one")
    tick(130)
    story.dials(200, "two")
    story.then(205, A.HUNG_UP, "two")
    found = read(ada, TODAY, at(300)).figures
    assert (found.talk.seconds, found.hold.seconds, found.wrap_up.seconds) == (70, 20, 30)
    assert (found.answered, found.placed, found.handle) == (1, 1, 120)


def test_logged_in_is_every_status_but_absence(ada: Agent) -> None:
    Story(ada).chooses(100, "on_break")
    Story(ada).chooses(160, "offline")
    assert read(ada, TODAY, at(1000)).figures.logged_in.seconds == 160


def test_a_call_over_midnight_counts_once_and_its_time_is_split(ada: Agent) -> None:
    story, midnight = Story(ada), 15 * 3600
    story.talks(midnight - 20)
    story.then(midnight + 30, A.HUNG_UP)
    days = [read(ada, TODAY + timedelta(days=n), at(midnight + 60)) for n in range(2)]
    assert [day.figures.answered for day in days] == [1, 0]
    assert [day.figures.talk.seconds for day in days] == [20, 30]
    assert [day.figures.handle for day in days] == [50, None]


@pytest.mark.parametrize("past", [4], indirect=True)
def test_reports_tell_the_same_of_each_day(past: tuple[Agent, datetime]) -> None:
    ada, now = past
    for number in range(4):
        day = TODAY + timedelta(days=number)
        figures = read(ada, day, now, MADRID).figures
        wish = Wish(day, day, MADRID, By.AGENT)
        calls, times = agent_calls.read(wish, now), workforce.read(wish, now)
        for code in ("answered", "missed", "rejected", "placed", "handle"):
            assert reported(calls, code) == pytest.approx(getattr(figures, code) or 0), code
        for code in ("logged_in", "talk", "wrap_up"):
            assert reported(times, code) == pytest.approx(getattr(figures, code).seconds), code


def reported(sheet: Sheet, code: str) -> float:
    column = sheet.column(code)
    assert column
    return column.value(sheet.total) or 0


@pytest.mark.parametrize("past", [5], indirect=True)
def test_the_days_before_tell_the_same_as_each_day_itself(past: tuple[Agent, datetime]) -> None:
    ada, now = past
    state = page.state_of(ada.pk)
    assert state
    told = before.days_before(state, Window.of(TODAY + timedelta(days=3), MADRID, now))
    assert len(told) == before.DAYS
    for one in told:
        day = read(ada, one.day, now, MADRID)
        assert one.logged_in == pytest.approx(day.figures.logged_in.seconds)
        figures = day.figures
        assert (one.answered, one.missed, one.rejected) == (
            figures.answered,
            figures.missed,
            figures.rejected,
        )
    assert sum(one.answered for one in told) > 0


def test_lost_connections_are_told_until_the_agent_is_back_or_gone(ada: Agent) -> None:
    story = Story(ada)
    story.does(lost(100))
    tick(110)
    story.does(back(160))
    story.logs_out(200)
    story.does(lost(201))
    found = read(ada, TODAY, at(300))
    lane = next(row.lane for row in found.timeline.rows if row.lane.key == "connection")
    assert [(bar.label, bar.began, bar.ended) for bar in lane.bars] == [
        ("Webphone lost", at(100), at(160))
    ]


def test_a_phone_out_of_reach_is_told_while_it_is(ada: Agent) -> None:
    story = Story(ada)
    story.phone(50, reach=PhoneReach.UNREACHABLE)
    story.phone(80, reach=PhoneReach.LOST)
    story.phone(90, reach=PhoneReach.REACHABLE)
    story.phone(95, reach=PhoneReach.UNREACHABLE)
    found = read(ada, TODAY, at(100))
    lane = next(row.lane for row in found.timeline.rows if row.lane.key == "connection")
    assert [(bar.label, bar.seconds, bar.open) for bar in lane.bars] == [
        ("Phone unreachable", 30, False),
        ("Telephony lost", 10, False),
        ("Phone unreachable", 5, True),
    ]


def test_the_mode_that_waits_still_is_open_and_says_who_set_it(ada: Agent) -> None:
    boss = make_user("boss")
    story = Story(ada)
    story.talks(0)
    story.told_by(boss.pk, 30, "busy")
    (wait,) = read(ada, TODAY, at(50)).waits
    assert (wait.mode, wait.by, wait.part.open, wait.end) == ("Busy", "boss", True, "Waiting")


def test_a_sum_runs_on_where_one_part_does() -> None:
    done, runs = Part(at(0), at(10), False), Part(at(20), at(25), True)
    assert add_up([done, runs]).since == at(10)
    assert add_up([done]).since is None
    assert add_up([runs, runs]).since is None
