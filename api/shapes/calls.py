"""How the API shows an interaction."""

from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.urls import reverse
from ninja import Schema

from api.problems import not_found
from presence.events import CallKind, LegAction
from presence.state import LegState
from routing import limits
from routing.models import EntryOutcome, Interaction, InteractionOutcome, Leg, QueueEntry
from routing.sight import EVERYTHING, Sight


class CallState(StrEnum):
    """Where an interaction is: the most that any part of it is doing."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    ENDED = "ended"


class EntryOut(Schema):
    """A wait in a queue."""

    queue: str
    entered_at: datetime
    left_at: datetime | None
    outcome: EntryOutcome | None


class SpanOut(Schema):
    """A time in one state; the one that lasts has no end."""

    state: LegState
    started_at: datetime
    ended_at: datetime | None


class LegOut(Schema):
    """One agent's part."""

    leg: str
    agent: int
    agent_name: str
    state: LegState
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    alone_since: datetime | None
    outcome: LegAction | None
    spans: list[SpanOut]


class InteractionOut(Schema):
    """One contact with one customer, as it is now."""

    id: int
    external_id: str
    source: str
    kind: CallKind
    state: CallState
    outcome: InteractionOutcome | None
    queue: str | None
    caller: str
    priority: int
    started_at: datetime
    answered_at: datetime | None
    caller_left_at: datetime | None
    ended_at: datetime | None
    entries: list[EntryOut]
    legs: list[LegOut]


def interactions() -> QuerySet[Interaction]:
    """All interactions, with what one is shown by."""
    return Interaction.objects.select_related("queue").prefetch_related(
        "entries__queue", "legs__agent", "legs__spans"
    )


def interaction_of(pk: int, sight: Sight = EVERYTHING) -> Interaction:
    """One interaction. Raises `Problem` where there is none in sight."""
    found = interactions().filter(limits.calls(sight), pk=pk).first()
    if found is None:
        raise not_found("interaction", pk)
    return found


def address_of(interaction_id: int) -> str:
    """Where the interaction is found."""
    return reverse("api-v1:get_interaction", args=[interaction_id])


def interaction_out(call: Interaction) -> InteractionOut:
    """`call` as `interactions` gives it."""
    entries = sorted(call.entries.all(), key=lambda entry: entry.pk)
    legs = sorted(call.legs.all(), key=lambda leg: leg.pk)
    return InteractionOut(
        id=call.pk,
        external_id=call.external_id,
        source=call.source,
        kind=CallKind(call.kind),
        state=_state(call, entries, legs),
        outcome=InteractionOutcome(call.outcome) if call.outcome else None,
        queue=call.queue.name if call.queue else None,
        caller=call.caller,
        priority=call.priority,
        started_at=call.started_at,
        answered_at=call.answered_at,
        caller_left_at=call.caller_left_at,
        ended_at=call.ended_at,
        entries=[_entry(entry) for entry in entries],
        legs=[_leg(leg) for leg in legs],
    )


def _state(call: Interaction, entries: list[QueueEntry], legs: list[Leg]) -> CallState:
    live = {LegState(leg.state) for leg in legs if leg.ended_at is None}
    if live - {LegState.OFFERED, LegState.WRAP_UP}:
        return CallState.ACTIVE
    if LegState.OFFERED in live:
        return CallState.OFFERED
    if call.ended_at is None and any(entry.left_at is None for entry in entries):
        return CallState.WAITING
    if LegState.WRAP_UP in live:
        return CallState.WRAP_UP
    return CallState.ENDED if call.ended_at else CallState.WAITING


def _entry(entry: QueueEntry) -> EntryOut:
    return EntryOut(
        queue=entry.queue.name,
        entered_at=entry.entered_at,
        left_at=entry.left_at,
        outcome=EntryOutcome(entry.outcome) if entry.outcome else None,
    )


def _leg(leg: Leg) -> LegOut:
    spans = [
        SpanOut(state=LegState(span.state), started_at=span.started_at, ended_at=span.ended_at)
        for span in leg.spans.all()
    ]
    if leg.ended_at is None:
        spans.append(SpanOut(state=LegState(leg.state), started_at=leg.since, ended_at=None))
    return LegOut(
        leg=leg.external_id,
        agent=leg.agent_id,
        agent_name=leg.agent.name,
        state=LegState(leg.state),
        started_at=leg.started_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        alone_since=leg.alone_since,
        outcome=LegAction(leg.outcome) if leg.outcome else None,
        spans=spans,
    )
