"""Between an agent's state row and the machine's state."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, overload

from presence import derive
from presence.events import Call, CallKind, Cause, Choice, DeviceKind, NoAnswer, PhoneReach
from presence.models import AgentState, Interval, PendingEnd, PendingMode
from presence.state import (
    Hold,
    Leg,
    LegState,
    Pending,
    Rules,
    Shown,
    State,
    Webphone,
)


def load(row: AgentState) -> State:
    """The machine's state that `row` holds."""
    return State(
        at=row.at,
        mode=Choice(row.mode_id, row.mode_reason_id, row.mode_note),
        mode_since=row.mode_since,
        mode_cause=Cause(row.mode_cause),
        mode_actor=row.mode_actor_id,
        shown=_shown(row),
        logged_in=row.logged_in,
        left_mode=_left(row),
        pending=_pending(row),
        legs=tuple(_leg(leg) for leg in row.legs),
        ended=tuple(row.ended_legs),
        no_answer=Hold(row.no_answer_since, row.no_answer_until) if row.no_answer_since else None,
        misses=row.misses,
        cool_down_until=row.cool_down_until,
        webphone=Webphone(row.webphone),
        grace_until=row.grace_until,
        microphone_refused=row.microphone_refused,
        devices=frozenset(DeviceKind(kind) for kind in row.devices),
        telephony_logged_in=row.telephony_logged_in,
        phone=PhoneReach(row.phone),
        phone_heard=row.phone_heard,
        ready_since=row.ready_since,
        active_at=row.active_at,
    )


def put(row: AgentState, state: State, rules: Rules) -> None:
    """Put `state` into `row`, derived columns and all. To raise the version and to save the row is
    the caller's."""
    row.at = state.at
    row.mode_id, row.mode_reason_id, row.mode_note = _columns(state.mode)
    row.mode_since, row.mode_cause = state.mode_since, state.mode_cause.value
    row.mode_actor_id = state.mode_actor
    row.logged_in = state.logged_in
    row.left_mode_id, row.left_reason_id, row.left_note = _columns(state.left_mode)
    _put_pending(row, state.pending)
    row.legs = [_leg_json(leg) for leg in state.legs]
    row.ended_legs = list(state.ended)
    row.no_answer_since = state.no_answer.since if state.no_answer else None
    row.no_answer_until = state.no_answer.until if state.no_answer else None
    row.misses = state.misses
    row.cool_down_until = state.cool_down_until
    row.webphone, row.grace_until = state.webphone.value, state.grace_until
    row.microphone_refused = state.microphone_refused
    row.devices = sorted(device.value for device in state.devices)
    row.telephony_logged_in, row.phone = state.telephony_logged_in, state.phone.value
    row.phone_heard, row.active_at = state.phone_heard, state.active_at
    _put_derived(row, state, rules)


def interval(row: AgentState, closed: Shown, ended_at: datetime) -> Interval:
    """The history row for what showed until `ended_at`; `row` still has the version it began at."""
    return Interval(
        agent_id=row.agent_id,
        version=row.shown_version,
        status_id=closed.status,
        reason_id=closed.reason,
        note=closed.note,
        started_at=closed.since,
        ended_at=ended_at,
        cause=closed.cause.value,
        actor_id=closed.actor,
    )


def pending_mode(row: AgentState, waited: Pending, after: State) -> PendingMode:
    """The history row for a pending mode that `after` has no more; `row` has the version that
    ended it."""
    end = PendingEnd.CANCELLED
    if after.pending:
        end = PendingEnd.REPLACED
    elif after.mode == waited.choice:
        end = PendingEnd.APPLIED
    status, reason, note = _columns(waited.choice)
    return PendingMode(
        agent_id=row.agent_id,
        version=row.version,
        status_id=status,
        reason_id=reason,
        note=note,
        started_at=waited.since,
        ended_at=after.at,
        cause=waited.cause.value,
        actor_id=waited.actor,
        end=end,
    )


def _put_derived(row: AgentState, state: State, rules: Rules) -> None:
    shown = state.shown
    row.shown_status_id, row.shown_reason_id, row.shown_note = (
        shown.status,
        shown.reason,
        shown.note,
    )
    row.shown_since, row.shown_cause = shown.since, shown.cause.value
    row.shown_actor_id = shown.actor
    row.activity = shown.activity.value if shown.activity else ""
    row.activity_since = shown.activity_since
    due = derive.deadlines(state, rules)
    row.deadline_at = due[0].at if due else None
    refusals = derive.receive_refusals(state, rules)
    row.may_receive, row.why_not = not refusals, " ".join(refusals)
    row.ready_since = state.ready_since


def _put_pending(row: AgentState, pending: Pending | None) -> None:
    if pending is None:
        row.pending_id = row.pending_reason_id = row.pending_since = row.pending_actor_id = None
        row.pending_note = row.pending_cause = ""
        return
    row.pending_id, row.pending_reason_id, row.pending_note = _columns(pending.choice)
    row.pending_since, row.pending_cause = pending.since, pending.cause.value
    row.pending_actor_id = pending.actor


@overload
def _columns(choice: Choice) -> tuple[str, int | None, str]: ...
@overload
def _columns(choice: Choice | None) -> tuple[str | None, int | None, str]: ...
def _columns(choice: Choice | None) -> tuple[str | None, int | None, str]:
    return (choice.status, choice.reason, choice.note) if choice else (None, None, "")


def _left(row: AgentState) -> Choice | None:
    if row.left_mode_id is None:
        return None
    return Choice(row.left_mode_id, row.left_reason_id, row.left_note)


def _pending(row: AgentState) -> Pending | None:
    if row.pending_id is None or row.pending_since is None:
        return None
    choice = Choice(row.pending_id, row.pending_reason_id, row.pending_note)
    return Pending(choice, row.pending_since, Cause(row.pending_cause), row.pending_actor_id)


def _shown(row: AgentState) -> Shown:
    return Shown(
        status=row.shown_status_id,
        reason=row.shown_reason_id,
        note=row.shown_note,
        since=row.shown_since,
        cause=Cause(row.shown_cause),
        actor=row.shown_actor_id,
        activity=LegState(row.activity) if row.activity else None,
        activity_since=row.activity_since,
    )


def _leg_json(leg: Leg) -> dict[str, Any]:
    return {
        **asdict(leg),
        "since": leg.since.isoformat(),
        "heard": leg.heard.isoformat(),
        "deadline": _text(leg.deadline),
        "ready_since": _text(leg.ready_since),
    }


def _leg(data: dict[str, Any]) -> Leg:
    call = data["call"]
    return Leg(
        id=data["id"],
        call=Call(
            **{**call, "kind": CallKind(call["kind"]), "no_answer": NoAnswer(call["no_answer"])}
        ),
        state=LegState(data["state"]),
        since=datetime.fromisoformat(data["since"]),
        heard=datetime.fromisoformat(data["heard"]),
        answered=data["answered"],
        deadline=_moment(data["deadline"]),
        ready_since=_moment(data.get("ready_since")),
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
