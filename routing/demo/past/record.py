"""What the past leaves behind: the rows of history, kept until they are written at once."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from django.core.management.color import no_style
from django.db import connection

from presence.decision import LegChange
from presence.models import Interval, PendingMode, Transition
from presence.state import LegState
from routing.demo.floor import SOURCE
from routing.demo.past.load import load
from routing.models import Interaction, Leg, LegSpan, QueueEntry

_INTERVAL = "agent_id version status_id reason_id note started_at ended_at cause actor_id"
_PENDING = f"{_INTERVAL} end"
_TRANSITION = "agent_id version at event details source actor_id"
_CALL = (
    "id source external_id channel kind queue_id direct_number_id caller priority started_at "
    "answered_at ended_at outcome"
)
_WAIT = "id interaction_id queue_id entered_at waiting_since tried left_at outcome"
_LEG = (
    "id interaction_id agent_id entry_id ring_group_id external_id state since started_at "
    "answered_at ended_at outcome estimated"
)
_SPAN = "leg_id agent_id state started_at ended_at"


@dataclass(slots=True)
class Part:
    """An agent's part in a call, as `routing.models.Leg` has it."""

    pk: int
    call: int
    agent: int
    entry: int | None
    group: int | None
    name: str
    started: datetime
    state: str = ""
    since: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    outcome: str = ""


@dataclass
class Record:
    """Rows by table; those of calls have their primary keys already."""

    intervals: list[tuple[Any, ...]] = field(default_factory=list)
    pendings: list[tuple[Any, ...]] = field(default_factory=list)
    transitions: list[tuple[Any, ...]] = field(default_factory=list)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    waits: list[tuple[Any, ...]] = field(default_factory=list)
    spans: list[tuple[Any, ...]] = field(default_factory=list)
    open: dict[int, Any] = field(default_factory=dict)
    parts: dict[tuple[int, str], Part] = field(default_factory=dict)
    call_keys: "count[int]" = field(default_factory=lambda: count(1))
    wait_keys: "count[int]" = field(default_factory=lambda: count(1))

    def keep(self, agent: int, change: LegChange, entry: int | None) -> None:
        """Note what became of an agent's part in a call, as `routing.records` does live."""
        leg = change.leg
        part = self.parts.get((agent, leg.id))
        if part is None:
            call, group = int(leg.call.interaction), leg.call.ring_group
            part = Part(len(self.parts) + 1, call, agent, entry, group, leg.id, leg.since)
            self.parts[agent, leg.id] = part
        elif part.state != leg.state:
            self.spans.append((part.pk, agent, part.state, part.since, leg.since))
        part.state, part.since = leg.state.value, leg.since
        if leg.answered and part.answered is None:
            part.answered = leg.since
        if change.ended and not part.outcome:
            part.outcome = change.ended.value
        if leg.state is LegState.ENDED:
            part.ended = leg.since

    def save(self) -> None:
        """Write it all."""
        load(Interval, _INTERVAL.split(), self.intervals)
        load(PendingMode, _quoted(_PENDING), self.pendings)
        load(Transition, _TRANSITION.split(), self.transitions)
        load(Interaction, _CALL.split(), self.calls)
        load(QueueEntry, _WAIT.split(), self.waits)
        load(Leg, _LEG.split(), map(_leg, self.parts.values()))
        load(LegSpan, _SPAN.split(), self.spans)
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(
                no_style(), [Interaction, QueueEntry, Leg]
            ):
                cursor.execute(sql)

    def external(self, call: int) -> tuple[str, str]:
        """What the telephony system is called, and what it calls the call."""
        return SOURCE, f"past-{call}"


def _quoted(columns: str) -> list[str]:
    return [f'"{column}"' for column in columns.split()]  # `end` is a word of SQL's own


def _leg(part: Part) -> tuple[Any, ...]:
    return (
        part.pk,
        part.call,
        part.agent,
        part.entry,
        part.group,
        part.name,
        part.state,
        part.since,
        part.started,
        part.answered,
        part.ended,
        part.outcome,
        False,
    )
