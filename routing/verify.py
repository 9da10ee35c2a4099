"""Proving that what always holds for calls (SPEC sections 5 and 6) holds in the database."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import Coalesce, Lead

from presence import store
from presence.events import LegAction
from presence.models import AgentState
from presence.state import LegState
from presence.verify import PATIENCE, Fault
from routing.models import Interaction, Leg, LegSpan, QueueEntry

_FORGOTTEN = timedelta(minutes=10)
"""A telephony system may take that long to say where a caller is who left a queue or an agent."""


def parts(_now: datetime) -> Iterator[Fault]:
    """The machine and the record of calls agree on every live part; nobody rings twice."""
    record: defaultdict[int, dict[str, str]] = defaultdict(dict)
    live = Leg.objects.filter(ended_at=None).values_list("agent_id", "external_id", "state")
    for agent_id, leg, state in live:
        record[agent_id][leg] = state
    states = AgentState.objects.select_related("agent")
    for row in states.exclude(legs=[]) | states.filter(agent_id__in=record):
        known = {leg.id: leg.state.value for leg in store.load(row).legs}
        if known != record[row.agent_id]:
            yield Fault(
                row.agent.name,
                f"The state has the parts {known or 'none'}, the record {record[row.agent_id]}.",
            )
        if list(known.values()).count(LegState.OFFERED.value) > 1:
            yield Fault(row.agent.name, "Two calls ring at once.")


def spans(_now: datetime) -> Iterator[Fault]:
    """The states of a part follow each other without gap or overlap, from its beginning on, and
    are the same agent's."""
    following = Window(
        Lead("started_at"), partition_by=F("leg_id"), order_by=[F("started_at"), F("pk")]
    )
    broken = (
        LegSpan.objects.annotate(following=Coalesce(following, F("leg__since")))
        .filter(~Q(following=F("ended_at")))
        .values_list("leg__agent__name", "leg_id", "ended_at")
    )
    for name, leg_id, ended in broken.iterator(chunk_size=1000):
        yield Fault(name, f"Part {leg_id}: a gap or overlap at {ended:%Y-%m-%d %H:%M:%S} UTC.")
    strange = LegSpan.objects.exclude(agent=F("leg__agent"))
    for name, leg_id, whose in strange.values_list("agent__name", "leg_id", "leg__agent__name"):
        yield Fault(name, f"Part {leg_id}: a state of it is kept as {name}'s; it is {whose}'s.")


def calls(now: datetime) -> Iterator[Fault]:
    """Each call waits, rings, is handled by one agent, or has ended with all its parts."""
    waiting = QueueEntry.objects.filter(interaction=OuterRef("pk"), left_at=None)
    inside = Leg.objects.in_call().filter(interaction=OuterRef("pk"))
    found = Interaction.objects.annotate(waiting=Exists(waiting), inside=Exists(inside))
    for call in found.filter(Q(waiting=True) | Q(inside=True), ended_at__isnull=False):
        yield Fault(_name(call), "Has ended, and somebody still waits or talks in it.")
    lost = found.filter(ended_at=None, waiting=False, inside=False)
    for call in lost.filter(started_at__lt=now - _FORGOTTEN):
        if not call.legs.filter(ended_at__gt=now - _FORGOTTEN).exists():
            yield Fault(_name(call), "Has not ended, and nobody waits or talks in it.")
    yield from _handled_twice()


def _handled_twice() -> Iterator[Fault]:
    """By consult, conference or transfer alone two agents are in one call."""
    together = LegSpan.objects.filter(
        leg__interaction=OuterRef("pk"),
        state__in=[LegState.CONSULTING.value, LegState.IN_CONFERENCE.value],
    )
    transferred = Leg.objects.filter(
        interaction=OuterRef("pk"), outcome=LegAction.TRANSFERRED.value
    )
    handling = Count("legs", filter=Q(legs__state=LegState.HANDLING.value, legs__ended_at=None))
    twice = Interaction.objects.annotate(handling=handling).filter(handling__gt=1)
    for call in twice.exclude(Exists(together) | Exists(transferred)):
        yield Fault(_name(call), f"{call.handling} agents handle it at once.")


def waits(now: datetime) -> Iterator[Fault]:
    """What is due for who waits is done."""
    due = QueueEntry.objects.filter(left_at=None, due_at__lt=now - PATIENCE)
    for entry in due.select_related("queue", "interaction"):
        late = round((now - entry.due_at).total_seconds()) if entry.due_at else 0
        yield Fault(
            _name(entry.interaction),
            f"Waits in {entry.queue}, and what was due is {late} s late: no server distributes.",
        )


def _name(call: Interaction) -> str:
    return f"call {call.source}/{call.external_id}"


CHECKS = (parts, spans, calls, waits)
