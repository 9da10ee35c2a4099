"""Telling the telephony, and whoever listens, what became of offers and interactions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from presence import outbox
from presence.events import LegAction
from presence.models import Device, OutboxEvent
from presence.outbox import EventType
from presence.state import Leg as LiveLeg
from presence.statements import Prepared
from routing.models import Destination, Interaction, Leg, QueueEntry
from routing.waits import Wait

_OFFER_ENDS = {
    LegAction.REJECTED: EventType.OFFER_REJECTED,
    LegAction.RING_TIMED_OUT: EventType.OFFER_TIMED_OUT,
    LegAction.WITHDRAWN: EventType.OFFER_WITHDRAWN,
    LegAction.HUNG_UP: EventType.OFFER_WITHDRAWN,
}


def interaction(interaction: Interaction) -> dict[str, Any]:
    """How events name an interaction."""
    return {
        "id": interaction.pk,
        "source": interaction.source,
        "external_id": interaction.external_id,
        "kind": interaction.kind,
        "caller": interaction.caller,
        "queue": interaction.queue.name if interaction.queue else None,
    }


def offer_created(row: Leg, leg: LiveLeg) -> OutboxEvent:
    """The event that a call is the agent's to take, for the caller to save: their devices are to be
    rung until the deadline."""
    devices = _devices.objects(row.agent_id)
    data = _offer(row) | {
        "devices": [{"kind": device.kind, "address": device.address} for device in devices],
        "ring_seconds": leg.call.ring,
        "deadline": leg.deadline.isoformat() if leg.deadline else None,
    }
    return outbox.event(EventType.OFFER_CREATED, leg.since, f"agent:{row.agent_id}", data)


@Prepared
def _devices(agent: Sequence[int]) -> QuerySet[Device]:
    return Device.objects.filter(agent=agent[0], enabled=True)


def offer_answered(row: Leg, at: datetime) -> None:
    outbox.put(EventType.OFFER_ANSWERED, at, f"agent:{row.agent_id}", _offer(row))


def offer_ended(row: Leg, how: LegAction, at: datetime) -> None:
    outbox.put(_OFFER_ENDS[how], at, f"agent:{row.agent_id}", _offer(row))


def missed(row: Leg, at: datetime) -> None:
    """A call rang at the agent until its time was over, whoever let it ring there."""
    data = {"agent": outbox.agent(row.agent), "interaction": interaction(row.interaction)}
    outbox.put(EventType.AGENT_MISSED_CALL, at, f"agent:{row.agent_id}", data)


def queued(entry: QueueEntry) -> None:
    data = {
        "interaction": interaction(entry.interaction),
        "queue": entry.queue.name,
        "music": entry.queue.music,
        "announcement": entry.queue.announcement,
    }
    _about(EventType.INTERACTION_QUEUED, entry.interaction, entry.entered_at, data)


def overflowed(
    call: Interaction, at: datetime, to: Destination | None, wait: Wait | None, queue: str | None
) -> None:
    """Rollcall gives the caller away: `to` None hangs up; `wait` is what ran out, None for a direct
    call that was not answered."""
    destination = {
        "kind": to.kind if to else Destination.Kind.HANG_UP.value,
        "queue": to.queue.name if to and to.queue else None,
        "address": to.address if to else "",
    }
    data = {
        "interaction": interaction(call),
        "queue": queue,
        "cause": wait.value if wait else "not_answered",
        "to": destination,
    }
    _about(EventType.INTERACTION_OVERFLOWED, call, at, data)


def ended(call: Interaction, at: datetime) -> None:
    data = {"interaction": interaction(call), "outcome": call.outcome}
    _about(EventType.INTERACTION_ENDED, call, at, data)


def _offer(row: Leg) -> dict[str, Any]:
    return {
        "leg": row.external_id,
        "agent": outbox.agent(row.agent),
        "interaction": interaction(row.interaction),
    }


def _about(kind: EventType, call: Interaction, at: datetime, data: dict[str, Any]) -> None:
    outbox.put(kind, at, f"interaction:{call.pk}", data)
