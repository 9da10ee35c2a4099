"""Writing down what others are to be told, in the transaction of what happened."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from presence.models import Agent, AgentState, OutboxEvent


class EventType(StrEnum):
    """The events that webhooks and streams tell."""

    AGENT_STATUS_CHANGED = "agent.status_changed"
    AGENT_MISSED_CALL = "agent.missed_call"
    AGENT_SUPERVISED = "agent.supervised"
    AGENT_PENDING_APPLIED = "agent.pending_applied"
    OFFER_CREATED = "offer.created"
    OFFER_ANSWERED = "offer.answered"
    OFFER_REJECTED = "offer.rejected"
    OFFER_TIMED_OUT = "offer.timed_out"
    OFFER_WITHDRAWN = "offer.withdrawn"
    INTERACTION_QUEUED = "interaction.queued"
    INTERACTION_OVERFLOWED = "interaction.overflowed"
    INTERACTION_ENDED = "interaction.ended"
    ALERT_RAISED = "alert.raised"
    ALERT_WORSENED = "alert.worsened"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    ALERT_CLEARED = "alert.cleared"


def put(kind: EventType, at: datetime, subject: str, data: dict[str, Any]) -> None:
    """Tell that something happened to `subject` (as `agent:1`) at `at`."""
    event(kind, at, subject, data).save()


def event(kind: EventType, at: datetime, subject: str, data: dict[str, Any]) -> OutboxEvent:
    """The event that tells it, for the caller to save."""
    return OutboxEvent(type=kind.value, at=at, subject=subject, data=data)


def message(event: OutboxEvent) -> str:
    """An event as others read it, in a webhook and in the stream alike: JSON with its `id`, `type`,
    `timestamp` (when it happened) and `data`."""
    content = {
        "id": str(event.uid),
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "data": event.data,
    }
    return json.dumps(content, separators=(",", ":"))


def agent(agent: Agent) -> dict[str, Any]:
    """How events name an agent."""
    return {"id": agent.pk, "name": agent.name}


def status_event(row: AgentState) -> OutboxEvent:
    """The event that tells what an agent's state row says now."""
    return event(
        EventType.AGENT_STATUS_CHANGED,
        row.at,
        f"agent:{row.agent_id}",
        {
            "agent": agent(row.agent),
            "version": row.version,
            "status": row.shown_status_id,
            "reason": _reason(row.shown_reason, row.shown_note),
            "since": row.shown_since.isoformat(),
            "cause": row.shown_cause,
            "activity": row.activity or None,
            "mode": row.mode_id,
            "pending": row.pending_id,
            "pending_reason": _reason(row.pending_reason, row.pending_note),
            "may_receive": row.may_receive,
            "why_not": list(row.refusals),
        },
    )


def _reason(reason: Any, note: str) -> str | None:
    return reason.label if reason else note or None


def told(row: AgentState) -> tuple[object, ...]:
    """The part of a state whose change is told."""
    return (
        row.shown_status_id,
        row.shown_reason_id,
        row.shown_note,
        row.activity,
        row.mode_id,
        row.pending_id,
        row.pending_reason_id,
        row.pending_note,
        row.why_not,
    )
