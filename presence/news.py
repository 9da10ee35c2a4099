"""Telling what others did to an agent, and when what waited applies, in the transaction of it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import User

from presence import outbox
from presence.events import CancelPending, Cause, Choice, Choose, Event, LegAction, LegEvent, LogOut
from presence.models import AgentState, OutboxEvent, PendingEnd, PendingMode, Reason
from presence.naming import name_of
from presence.outbox import EventType


class Act(StrEnum):
    """What a supervisor, or a program in their place, does to an agent; by the right for it."""

    SET_MODE = "set_mode"
    CANCEL_PENDING = "cancel_pending"
    END_WRAP_UP = "end_wrap_up"
    RESET_CALL = "reset_call"
    LOG_OUT = "log_out_agent"


def of(row: AgentState, event: Event, waited: PendingMode | None) -> Iterator[OutboxEvent]:
    """The events that tell of `event`, if another person did it. `waited` is the pending mode that
    it ended, if any: tell that it applies, unless it was just chosen again."""
    act = act_of(event)
    if act and event.actor != row.agent.user_id:
        yield _supervised(row, act, event, waited)
    if waited and waited.end == PendingEnd.APPLIED and not isinstance(event, Choose):
        choice = Choice(waited.status_id, waited.reason_id, waited.note)
        yield _event(EventType.AGENT_PENDING_APPLIED, row, _mode(choice))


def act_of(event: Event) -> Act | None:
    """What `event` is where a supervisor does it; None where it is nothing of theirs."""
    match event:
        case Choose(cause=Cause.SUPERVISOR):
            return Act.SET_MODE
        case CancelPending():
            return Act.CANCEL_PENDING
        case LegEvent(action=LegAction.WRAP_UP_DONE, cause=Cause.SUPERVISOR):
            return Act.END_WRAP_UP
        case LegEvent(action=LegAction.HUNG_UP | LegAction.WITHDRAWN, actor=int()):
            return Act.RESET_CALL
        case LogOut(cause=Cause.SUPERVISOR):
            return Act.LOG_OUT
    return None


def _supervised(row: AgentState, act: Act, event: Event, waited: PendingMode | None) -> OutboxEvent:
    mode = Choice("")
    if isinstance(event, Choose):
        mode = event.choice
    elif waited and act is Act.CANCEL_PENDING:
        mode = Choice(waited.status_id, waited.reason_id, waited.note)
    by = User.objects.filter(pk=event.actor).first() if event.actor else None
    data = {
        "act": act.value,
        "by": {"id": by.pk, "name": name_of(by)} if by else None,
        **_mode(mode),
        "waits": act in (Act.SET_MODE, Act.LOG_OUT) and row.pending_id is not None,
    }
    return _event(EventType.AGENT_SUPERVISED, row, data)


def _mode(choice: Choice) -> dict[str, str | None]:
    reason = Reason.objects.filter(pk=choice.reason).first() if choice.reason else None
    return {
        "status": choice.status or None,
        "reason": reason.label if reason else choice.note or None,
    }


def _event(kind: EventType, row: AgentState, data: dict[str, Any]) -> OutboxEvent:
    subject = f"agent:{row.agent_id}"
    return outbox.event(kind, row.at, subject, {"agent": outbox.agent(row.agent), **data})
