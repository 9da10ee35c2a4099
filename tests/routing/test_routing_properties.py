"""What always holds of routing, over random days with faults (SPEC 5 and 6)."""

import random
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db import transaction

from presence.models import OutboxEvent
from presence.outbox import EventType
from routing.models import EntryOutcome, Interaction, InteractionOutcome, Leg, QueueEntry
from routing.strategies import Strategy
from routing.waits import Wait
from tests.factories import at
from tests.routing.oracle import Picture, check_always, check_pass, rings_all
from tests.routing.told import check_told
from tests.routing.walk import FAULTS, Floor, make_floor

pytestmark = pytest.mark.django_db

DAYS, STEPS = 10, 60


def _pass(floor: Floor) -> Picture:
    before = Picture(at(floor.now))
    done = floor.distribute()
    after = Picture(at(floor.now))
    check_pass(before, after, done.overflows)
    if before.spares():
        floor.met.add("spared")
    if any(call in before.rings for call, _ in after.offers - before.offers):
        floor.met.add("joined in")
    assert done.offers >= len(after.offers - before.offers)
    return after


def _again(floor: Floor, before: Picture) -> Picture:
    """A second pass finds nothing left to do, but for a tier that joins a call ringing at all."""
    assert floor.distribute().overflows == 0
    after = Picture(at(floor.now))
    for call, agent in after.offers - before.offers:
        [group] = {leg.ring_group for leg in after.rings[call] if leg.agent_id == agent}
        assert group
        assert rings_all(group)
    return after


class Endings:
    """How interactions ended. Ended is final."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[datetime, str]] = {}

    def check(self, floor: Picture) -> None:
        now = {call.pk: (call.ended_at, call.outcome) for call in floor.calls if call.ended_at}
        assert self._known.items() <= now.items()
        self._known = now


def _live_through(floor: Floor) -> None:
    endings = Endings()
    for _ in range(STEPS):
        fault = floor.step()
        if fault not in ("skipped", "no clock"):
            floor.look()
        picture = Picture(at(floor.now)) if fault == "skipped" else _pass(floor)
        if fault == "twice":
            picture = _again(floor, picture)
        check_always(picture)
        endings.check(picture)


@dataclass
class Seen:
    """Where days have been: a walk that never overflowed, or never rejected, proves little."""

    met: set[str] = field(default_factory=set)
    strategies: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    waits: set[str] = field(default_factory=set)
    legs: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    causes: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    def note(self, floor: Floor) -> None:
        self.met |= floor.met
        offered = Leg.objects.exclude(entry=None)
        self.strategies |= set(offered.values_list("ring_group__strategy", flat=True))
        self.calls |= set(Interaction.objects.values_list("outcome", flat=True))
        self.waits |= set(QueueEntry.objects.values_list("outcome", flat=True))
        self.legs |= set(Leg.objects.values_list("outcome", flat=True))
        self.told |= set(OutboxEvent.objects.values_list("type", flat=True))
        for event in OutboxEvent.objects.filter(type=EventType.INTERACTION_OVERFLOWED.value):
            self.causes.add(event.data["cause"])
            self.places.add(event.data["to"]["kind"])

    def everywhere(self) -> None:
        refusals = {"not_possible", "engaged", "already_handled", "interaction_ended"}
        assert self.met >= {*FAULTS, *refusals, "spared", "joined in"}
        assert self.strategies >= {strategy.value for strategy in Strategy}
        assert self.calls == {"", *InteractionOutcome.values}
        # Taken out of a queue is what the telephony says where it distributes.
        assert self.waits == {"", *EntryOutcome.values} - {EntryOutcome.REMOVED.value}
        assert self.legs == {
            "",
            "rejected",
            "ring_timed_out",
            "withdrawn",
            "hung_up",
            "transferred",
        }
        about = {kind.value for kind in EventType if kind.startswith(ABOUT_FLOORS)}
        assert self.told == about - {EventType.AGENT_SUPERVISED.value}
        assert self.causes == {*(wait.value for wait in Wait), "not_answered"}
        assert self.places == {"queue", "number", "voicemail", "hang_up"}


ABOUT_FLOORS = ("agent.", "offer.", "interaction.")


def test_random_days_keep_every_rule_and_go_everywhere() -> None:
    seen = Seen()
    for seed in range(DAYS):
        with transaction.atomic():
            floor = make_floor(random.Random(seed).choice)
            _live_through(floor)
            check_told()
            seen.note(floor)
            transaction.set_rollback(True)
    seen.everywhere()
