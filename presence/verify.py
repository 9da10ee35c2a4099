"""Proving that what always holds for agents (SPEC section 5) holds in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Q, Window
from django.db.models.functions import Coalesce, Lead

from presence import derive, machine, store
from presence.events import SettingsChanged
from presence.models import Agent, AgentState, Connection, Interval, OutboxEvent, Sequence
from presence.rules import RulesReader
from presence.state import Rules, Webphone

PATIENCE = timedelta(seconds=10)
"""How late a clock, a lease or a sequencer may be on a busy machine before it counts as dead."""


@dataclass(frozen=True)
class Fault:
    """Something that should never be so: of whom or what, and what is wrong, in words."""

    subject: str
    sentence: str


def agents(now: datetime) -> Iterator[Fault]:
    """Every active agent has one current state, and it follows from what is under it."""
    for agent in Agent.objects.filter(active=True, state__isnull=True):
        yield Fault(agent.name, "The agent is active and has no state. Save them in the admin.")
    rules = RulesReader()
    for row in AgentState.objects.select_related("agent").iterator(chunk_size=1000):
        yield from _derived(row, rules(row.agent))
        if row.deadline_at and now - row.deadline_at > PATIENCE:
            late = round((now - row.deadline_at).total_seconds())
            yield Fault(row.agent.name, f"A timer is {late} s overdue: no clock runs.")


def _derived(row: AgentState, rules: Rules) -> Iterator[Fault]:
    state = store.load(row)
    again = machine.decide(state, SettingsChanged(at=state.at), rules).state
    due = derive.deadlines(state, rules)
    refusals = derive.receive_refusals(state, rules)
    follows = {
        "shown_status_id": again.shown.status,
        "shown_reason_id": again.shown.reason,
        "activity": again.shown.activity.value if again.shown.activity else "",
        "may_receive": not refusals,
        "why_not": " ".join(refusals),
        "ready_since": again.ready_since,
        "deadline_at": due[0].at if due else None,
    }
    for name, value in follows.items():
        kept = getattr(row, name)
        if kept != value:
            sentence = f"{name} says {kept or 'nothing'}; {value or 'nothing'} follows."
            yield Fault(row.agent.name, sentence)


def history(_now: datetime) -> Iterator[Fault]:
    """Intervals follow each other without gap or overlap, up to the one that is open."""
    following = Window(Lead("started_at"), partition_by=F("agent_id"), order_by=F("version").asc())
    rows = (
        Interval.objects.annotate(following=Coalesce(following, F("agent__state__shown_since")))
        .filter(~Q(following=F("ended_at")) | Q(following=None))
        .order_by("agent_id", "version")
        .values_list("agent__name", "ended_at", "following")
    )
    for name, ended, following_at in rows.iterator(chunk_size=1000):
        if following_at is None:
            yield Fault(name, "Has a history and no current state.")
            continue
        what = "a gap" if following_at > ended else "an overlap"
        seconds = abs((following_at - ended).total_seconds())
        yield Fault(name, f"History has {what} of {seconds:g} s at {ended:%Y-%m-%d %H:%M:%S} UTC.")
    spans = AgentState.objects.annotate(last=Max("agent__intervals__version"))
    for row in spans.filter(last__gte=F("shown_version")).select_related("agent"):
        yield Fault(row.agent.name, "The open interval is older than a closed one.")


def connections(now: datetime) -> Iterator[Fault]:
    """Whoever is shown as connected is, through a server that lives; and the other way round."""
    live = Connection.objects.filter(server__expires_at__gt=now - PATIENCE)
    held = set(live.values_list("agent_id", flat=True))
    for row in AgentState.objects.select_related("agent").filter(webphone=Webphone.CONNECTED.value):
        if row.agent_id not in held:
            yield Fault(row.agent.name, "A ghost: shown as connected, and no server holds a page.")
    lost = AgentState.objects.filter(agent_id__in=held).exclude(webphone=Webphone.CONNECTED.value)
    for row in lost.select_related("agent"):
        yield Fault(row.agent.name, "Has a page open and is shown as not connected.")


def events(now: datetime) -> Iterator[Fault]:
    """What others are told of gets its place in the stream, and none that was given before."""
    late = OutboxEvent.objects.filter(position=None, at__lt=now - PATIENCE).count()
    if late:
        yield Fault("stream", f"{late} events wait for their place: no server gives it.")
    highest = OutboxEvent.objects.aggregate(highest=Max("position"))["highest"] or 0
    line = Sequence.objects.first()
    if highest > (line.last if line else 0):
        yield Fault("stream", "The next event would get a place that is taken.")


CHECKS = (agents, history, connections, events)
