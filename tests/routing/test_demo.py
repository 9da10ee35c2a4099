"""The demo floor plays a believable day: pretend agents through the same door as everybody, and a
pretend telephony system through the HTTP API like any other."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone

from api import keys
from presence import outbox
from presence.connections import Lease
from presence.events import LegAction, LegEvent
from presence.models import (
    Agent,
    AgentState,
    Connection,
    Device,
    Interval,
    OutboxEvent,
    Status,
    Team,
    Transition,
)
from routing import actions
from routing.demo import floor, lines
from routing.demo.agenda import Agenda
from routing.demo.exchange import EVENTS, MOST_WAITING, Exchange
from routing.demo.line import Line
from routing.demo.people import People
from routing.models import Interaction, Leg, Queue, QueueEntry
from tests.factories import START, choose, row_of, turn

pytestmark = pytest.mark.django_db

MINUTES = 6

Caplog = pytest.LogCaptureFixture


class Play:
    """The demo floor, played as fast as it goes: time is moved along, requests and events are real
    and pass through no network."""

    def __init__(self, set_now: Callable[[datetime], None], seed: int = 7) -> None:
        self._set_now = set_now
        self._set_now(START)
        demo = floor.build()
        self.visitor = demo.visitor
        self.lease = Lease()
        self.agenda, chance = Agenda(), random.Random(seed)
        self.seconds, self._told = 0, 0
        self.most_waiting = 0
        People(demo.simulated, self.agenda, chance, self.lease).start()
        self.exchange = telephony(self.agenda, chance)

    def run(self, seconds: float) -> None:
        """Play so many seconds more."""
        for _ in range(int(seconds)):
            self.seconds += 1
            self._set_now(START + timedelta(seconds=self.seconds))
            if self.seconds % 4 == 0:
                self.lease.renew(timezone.now())
            turn(self.seconds)
            self._tell()
            self.agenda.run_due(self.seconds)
            self.most_waiting = max(self.most_waiting, waiting())

    def until(self, holds: Callable[[], object], seconds: int) -> None:
        """Play until it holds, within so many seconds."""
        for _ in range(seconds):
            if holds():
                return
            self.run(1)
        raise AssertionError(f"It did not hold within {seconds} s.")

    def _tell(self) -> None:
        news = OutboxEvent.objects.filter(pk__gt=self._told).order_by("pk")
        for event in news:
            self._told = event.pk
            if event.type in EVENTS:
                self.exchange.take(json.loads(outbox.message(event)))


def telephony(agenda: Agenda, chance: random.Random) -> Exchange:
    """A pretend telephony system with its lines open."""
    _, text = keys.make("Demo", source=floor.SOURCE, telephony=True)
    client = httpx.Client(
        transport=httpx.WSGITransport(app=WSGIHandler()),
        base_url="http://localhost",
        headers={"Authorization": f"Bearer {text}"},
    )
    line = Line(client, threading.Event())
    exchange = Exchange(line, agenda, chance, floor.SOURCE, list(lines.NUMBERS))
    exchange.open()
    return exchange


def waiting() -> int:
    return QueueEntry.objects.filter(left_at=None).count()


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    # A request that is over would close the connection that the test's own transaction is on.
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield Play(lambda now: monkeypatch.setattr(timezone, "now", lambda: now))
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


def test_the_floor_has_three_teams_thirty_agents_and_six_queues_that_make_sense() -> None:
    for _ in range(2):  # built again it stays the same
        floor.build()
    assert Team.objects.count() == 3
    assert Agent.objects.count() == 30
    assert Team.objects.filter(supervisors__username=floor.SUPERVISOR).count() == 3
    assert Status.objects.get(pk="on_break").reasons.count() == 3
    assert Queue.objects.count() == 6
    for queue in Queue.objects.all():
        assert queue.distribution == "rollcall"
        queue.full_clean()
        for group in queue.ring_groups.all():
            group.full_clean()
            assert group.members.exists()
    strategies = set(Queue.objects.values_list("ring_groups__strategy", flat=True))
    assert strategies == {"longest_idle", "round_robin", "priority", "fewest_calls", "ring_all"}


def test_an_older_demos_floor_is_brought_along_and_an_admins_changes_stay() -> None:
    visitor = floor.build().visitor
    Device.objects.filter(agent=visitor).update(address=f"{floor.PRETEND}old")
    old = Queue.objects.get(name="Technical")
    old.ring_groups.filter(tier=2).delete()
    Queue.objects.filter(pk=old.pk).update(distribution="telephony", max_wait=None)
    Queue.objects.filter(name="Service").update(max_wait=33)
    floor.build()
    old.refresh_from_db()
    assert (old.distribution, old.max_wait) == ("rollcall", 120)
    assert [group.members.count() for group in old.ring_groups.all()] == [5, 5]
    assert Queue.objects.get(name="Service").max_wait == 33
    assert visitor.devices.get().address.startswith(floor.REAL)


def test_a_played_day_has_everything_in_it_and_no_gaps(play: Play, caplog: Caplog) -> None:
    play.run(5)
    assert Leg.objects.exists(), "nobody called within five seconds"
    play.run(MINUTES * 60)
    shown = Counter(Interval.objects.values_list("status_id", flat=True))
    for status in ("available", "ringing", "on_call", "wrap_up", "no_answer", "busy", "on_break"):
        assert shown[status], f"nobody was ever {status}"
    ends = Counter(Leg.objects.values_list("outcome", flat=True))
    for end in ("hung_up", "rejected", "ring_timed_out", "withdrawn", "transferred"):
        assert ends[end], f"no call was ever {end}"
    done = Counter(Transition.objects.values_list("details__action", flat=True))
    for action in ("held", "resumed", "consulted", "conferenced", "dialed", "wrap_up_done"):
        assert done[action], f"no call was ever {action}"
    kinds = Counter(Interaction.objects.values_list("kind", flat=True))
    for kind in ("queue", "campaign", "direct", "outbound"):
        assert kinds[kind], f"there was no {kind} call"
    assert Interaction.objects.filter(outcome="abandoned").exists()
    assert 0.6 <= service_level() <= 0.95
    assert 0 < play.most_waiting <= MOST_WAITING
    assert [record.getMessage() for record in caplog.records if "pbx" in record.getMessage()] == []
    assert_no_gaps()


def service_level() -> float:
    """The share of all callers who were answered in time."""
    entries = list(QueueEntry.objects.exclude(left_at=None).select_related("queue"))
    in_time = [
        entry
        for entry in entries
        if entry.left_at
        and entry.outcome == "answered"
        and (entry.left_at - entry.entered_at).seconds <= entry.queue.service_level_seconds
    ]
    return len(in_time) / len(entries)


def assert_no_gaps() -> None:
    for state in AgentState.objects.all():
        ends: datetime | None = None
        for interval in Interval.objects.filter(agent_id=state.agent_id).order_by("version"):
            assert ends in (None, interval.started_at)
            ends = interval.ended_at
        assert ends in (None, state.shown_since)


def test_a_demo_that_stops_leaves_nobody_connected_and_no_call(play: Play) -> None:
    play.until(lambda: Leg.objects.filter(state="handling").count() > 3, 120)
    assert Connection.objects.filter(server_id=play.lease.server_id).count() > 20
    play.lease.release(timezone.now())
    assert not AgentState.objects.filter(webphone="connected").exists()

    # Started again, the pretend telephony system hangs up what it left.
    assert Interaction.objects.filter(ended_at=None).exists()
    telephony(Agenda(), random.Random(1))
    assert not Interaction.objects.filter(ended_at=None).exists()
    assert not Leg.objects.filter(ended_at=None).exclude(state="wrap_up").exists()


def test_a_visitor_gets_calls_soon_and_answers_them_alone(play: Play) -> None:
    play.run(20)
    lease = Lease()
    lease.opened(play.visitor.pk, timezone.now())
    choose(play.visitor, "available", play.seconds)
    play.until(lambda: rings(play.visitor), 60)
    leg = rings(play.visitor)
    assert leg
    play.run(10)
    assert rings(play.visitor) == leg, "somebody else answered, or the customer was in a hurry"
    answered = LegEvent(at=timezone.now(), action=LegAction.ANSWERED, leg=leg.external_id)
    actions.apply(play.visitor.pk, answered)
    play.run(18)
    assert row_of(play.visitor).shown_status_id == "on_call"
    play.until(lambda: row_of(play.visitor).shown_status_id == "wrap_up", 45)


def test_a_visitor_who_lets_it_ring_shows_no_answer(play: Play) -> None:
    Lease().opened(play.visitor.pk, timezone.now())
    choose(play.visitor, "available", play.seconds)
    play.until(lambda: row_of(play.visitor).shown_status_id == "no_answer", 90)


def rings(agent: Agent) -> Leg | None:
    return Leg.objects.filter(agent=agent, ended_at=None, state="offered").first()


def test_who_really_signs_in_as_a_pretend_agent_plays_themselves(play: Play) -> None:
    play.run(10)
    ben = Agent.objects.get(name="Ben Whitfield")
    assert ben.devices.get().address.startswith(floor.PRETEND)
    lease = Lease()
    lease.renew(timezone.now())
    lease.opened(ben.pk, timezone.now())
    play.run(6)
    assert ben.devices.get().address.startswith(floor.REAL)
    lease.closed(ben.pk, timezone.now())
    play.run(6)
    assert ben.devices.get().address.startswith(floor.PRETEND)
