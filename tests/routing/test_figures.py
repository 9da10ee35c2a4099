"""A queue's live figures: who waits, who is there, and how today went."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from presence.events import DeviceKind, LegAction
from presence.models import Agent
from routing import calls, days, figures
from routing.calls import Origin
from routing.distribution import distribute
from routing.figures import Figures, Today, Workforces
from routing.models import Queue
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    make_tier,
    opt_out,
    row_of,
    turn,
)

pytestmark = pytest.mark.django_db


def read(queue: Queue) -> Figures:
    [found] = figures.read([queue])
    return found


def test_who_waits_and_since_when(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    assert (read(queue).waiting, read(queue).longest_since) == (0, None)
    first = call_in(queue, 5)
    call_in(queue, 9)
    assert (read(queue).waiting, read(queue).longest_since) == (2, at(5))
    turn(9)
    happen(first, ada, "answered", 10)
    assert (read(queue).waiting, read(queue).longest_since) == (1, at(9))


def test_every_queue_has_its_own_figures_in_the_order_asked(ada: Agent) -> None:
    one, two, three = (make_queue(members=[ada], rollcall=True) for _ in range(3))
    call_in(two, 1)
    found = figures.read([three, two, one])
    assert [(each.queue, each.waiting) for each in found] == [(three, 0), (two, 1), (one, 0)]
    assert figures.read([]) == []


def test_each_agent_counts_once_as_what_the_board_shows() -> None:
    modes = ("available", "available", "on_break", "busy", "offline", "available")
    agents = [make_agent(mode=mode) for mode in modes]
    queue = make_queue(members=agents, rollcall=True)
    make_tier(queue, agents[:2], 2)
    call_in(queue, 1)
    turn(1)
    assert read(queue).workforce == Workforces(ready=2, engaged=1, withdrawn=2, absent=1)


def test_one_who_opted_out_is_no_more_than_withdrawn(ada: Agent) -> None:
    away = make_agent(mode="offline")
    queue = make_queue(members=[ada, away], rollcall=True)
    for agent in (ada, away):
        opt_out(agent, queue)
    assert read(queue).workforce == Workforces(withdrawn=1, absent=1)


def test_one_who_opted_out_of_a_single_tier_still_serves(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    opt_out(ada, queue)
    make_tier(queue, [ada], 2)
    assert read(queue).workforce == Workforces(ready=1)


def test_a_deactivated_agent_is_not_counted(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    ada.active = False
    ada.save()
    assert read(queue).workforce == Workforces()


def test_a_gap_is_a_queue_for_which_nobody_is_ready(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    assert not read(queue).gap
    choose(ada, "on_break", 1)
    assert read(queue).gap
    assert read(make_queue()).gap


@pytest.fixture
def midnight() -> datetime:
    return days.midnight(timezone.now())


def _answered(queue: Queue, agent: Agent, name: str, came: datetime, after: float) -> None:
    """A caller who came at `came` is answered `after` seconds later, and talks for a second."""
    call = calls.arrive(Origin(came, "pbx"), name, queue)
    distribute(came)
    for action, seconds in ((LegAction.ANSWERED, after), (LegAction.HUNG_UP, after + 1)):
        calls.happen(call, agent, action, Origin(came + timedelta(seconds=seconds), "pbx"))


def _gave_up(queue: Queue, name: str, came: datetime) -> None:
    call = calls.arrive(Origin(came, "pbx"), name, queue)
    calls.caller_left(call, Origin(came + timedelta(seconds=3), "pbx"))


def test_service_level_is_the_share_of_todays_callers_answered_in_time(midnight: datetime) -> None:
    ada = make_agent("Ada", mode="available", start=midnight - timedelta(hours=2))
    queue = make_queue(members=[ada], rollcall=True, ring=90, service_level_seconds=20)
    _answered(queue, ada, "yesterday", midnight - timedelta(hours=1), 5)
    assert (read(queue).today, read(queue).today.service_level) == (Today(), None)
    for number, after in enumerate((1, 20, 21)):
        _answered(queue, ada, f"c{number}", midnight + timedelta(minutes=number), after)
    _gave_up(queue, "gone", midnight + timedelta(minutes=9))
    today = read(queue).today
    assert (today.answered, today.within, today.abandoned, today.overflowed) == (3, 2, 1, 0)
    assert today.service_level == 2 / 4


def test_a_caller_who_overflowed_was_not_answered_in_time(midnight: datetime) -> None:
    queue = make_queue(rollcall=True, max_wait=0)
    calls.arrive(Origin(midnight, "pbx"), "call", queue)
    distribute(midnight)
    assert (read(queue).today.overflowed, read(queue).today.service_level) == (1, 0.0)


def test_one_who_can_be_reached_though_offline_counts_as_ready() -> None:
    rover = make_agent("Rover", mode="available", connected=False, devices=[DeviceKind.MOBILE])
    queue = make_queue(members=[rover])
    assert row_of(rover).shown_status_id == "offline"
    assert figures.workforces([queue])[queue.pk].ready == 1


def test_f13_today_is_the_floors_day_in_whatever_zone_somebody_looks(midnight: datetime) -> None:
    ada = make_agent("Ada", mode="available", start=midnight - timedelta(hours=40))
    queue = make_queue(members=[ada], rollcall=True, ring=90)
    _answered(queue, ada, "yesterday", midnight - timedelta(seconds=9), 5)
    _answered(queue, ada, "today", midnight, 5)
    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        with timezone.override(zone):
            assert read(queue).today.answered == 1


@pytest.mark.parametrize(
    ("zone", "now", "began"),
    [
        ("Europe/Madrid", "2026-10-25T22:30+00:00", "2026-10-24T22:00+00:00"),
        ("America/Havana", "2026-11-01T05:30+00:00", "2026-11-01T04:00+00:00"),
    ],
)
def test_g13_the_floors_day_begins_once_where_the_clocks_go_back(
    settings: Settings, zone: str, now: str, began: str
) -> None:
    settings.TIME_ZONE = zone
    assert days.midnight(datetime.fromisoformat(now)) == datetime.fromisoformat(began)
