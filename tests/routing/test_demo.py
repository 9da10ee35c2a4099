"""The demo floor plays a believable day, through the same door as everybody."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from presence import clock
from presence.connections import Lease
from presence.models import Agent, AgentState, Connection, Interval, Status, Team, Transition
from routing import actions
from routing.demo import floor
from routing.demo.agenda import Agenda
from routing.demo.calls import Calls
from routing.demo.people import People
from routing.intake import Intake
from routing.models import Interaction, Leg, Queue
from tests.factories import START

pytestmark = pytest.mark.django_db

MINUTES = 12


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Lease:
    """The demo floor after some minutes, played as fast as it goes with time moved along."""
    now = START
    monkeypatch.setattr(timezone, "now", lambda: now)
    demo = floor.build()
    agenda, chance, lease = Agenda(), random.Random(7), Lease()
    People(demo.simulated, agenda, chance, lease).start()
    Calls(agenda, chance, Intake(floor.SOURCE)).start()
    for second in range(MINUTES * 60):
        now = START + timedelta(seconds=second)
        if second % 4 == 0:
            lease.renew(now)
        clock.tick(now, actions.apply_all)
        agenda.run_due(second)
    return lease


def test_the_floor_has_three_teams_thirty_agents_and_four_queues() -> None:
    for _ in range(2):  # built again it stays the same
        floor.build()
    assert Team.objects.count() == 3
    assert Agent.objects.count() == 30
    assert Queue.objects.count() == 4
    assert Status.objects.get(pk="on_break").reasons.count() == 3


def test_a_played_day_has_everything_in_it_and_no_gaps(played: Lease) -> None:
    shown = Counter(Interval.objects.values_list("status_id", flat=True))
    for status in ("available", "ringing", "on_call", "wrap_up", "no_answer", "busy", "on_break"):
        assert shown[status], f"nobody was ever {status}"
    outcomes = Counter(Leg.objects.values_list("outcome", flat=True))
    for outcome in ("hung_up", "rejected", "ring_timed_out", "withdrawn", "transferred"):
        assert outcomes[outcome], f"no call was ever {outcome}"
    done = Counter(Transition.objects.values_list("details__action", flat=True))
    for action in ("held", "resumed", "consulted", "conferenced", "dialed"):
        assert done[action], f"no call was ever {action}"
    assert Interaction.objects.filter(outcome="abandoned").exists()
    assert_no_gaps()


def assert_no_gaps() -> None:
    for state in AgentState.objects.all():
        ends: datetime | None = None
        for interval in Interval.objects.filter(agent_id=state.agent_id).order_by("version"):
            assert ends in (None, interval.started_at)
            ends = interval.ended_at
        assert ends in (None, state.shown_since)


def test_a_demo_that_stops_leaves_nobody_connected_and_no_call(played: Lease) -> None:
    assert Connection.objects.filter(server_id=played.server_id).count() > 20
    played.release(timezone.now())
    assert not AgentState.objects.filter(webphone="connected").exists()

    # Started again, the pretend telephony system hangs up what it left.
    assert Leg.objects.filter(ended_at=None, state="handling").exists()
    Calls(Agenda(), random.Random(1), Intake(floor.SOURCE)).start()
    live = Leg.objects.filter(ended_at=None).exclude(state="wrap_up")
    assert not live.exists()
