"""Reading an agent's calls of a day, each with the time in each of its states."""

from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.day.parts import MISSED, REJECTED, Activity, Call, Window
from presence.events import CallKind, LegAction
from presence.models import AgentState
from presence.state import LegState
from routing.models import Leg

DIRECTION: dict[CallKind, str | Promise] = {
    CallKind.QUEUE: gettext_lazy("Inbound"),
    CallKind.DIRECT: gettext_lazy("Inbound, direct"),
    CallKind.CAMPAIGN: gettext_lazy("Campaign"),
    CallKind.OUTBOUND: gettext_lazy("Outbound"),
}


def calls(state: AgentState, window: Window) -> list[Call]:
    """The agent's parts in calls that touch the day, earliest first."""
    legs = (
        Leg.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=window.began),
            agent_id=state.agent_id,
            started_at__lt=window.ended,
        )
        .select_related("interaction__queue", "entry__queue")
        .prefetch_related("spans")
        .order_by("started_at", "pk")
    )
    return [call for leg in legs if (call := _call(leg, window))]


def _call(leg: Leg, window: Window) -> Call | None:
    part = window.cut(leg.started_at, leg.ended_at)
    if part is None:
        return None
    activities = _activities(leg, window)
    listens = any(activity.state is LegState.MONITORING for activity in activities)
    queue = leg.entry.queue if leg.entry else leg.interaction.queue
    return Call(
        part=part,
        leg=leg.external_id,
        queue=queue.name if queue else "",
        caller=leg.interaction.caller,
        direction=str(DIRECTION[CallKind(leg.interaction.kind)]),
        outcome=leg.outcome,
        result=_("Monitored") if listens else _result(leg),
        estimated=leg.estimated,
        outbound=leg.interaction.kind == CallKind.OUTBOUND.value and not listens,
        answered=leg.answered_at is not None,
        counts=window.has(leg.started_at),
        handle=_handle(leg),
        activities=activities,
    )


def _activities(leg: Leg, window: Window) -> tuple[Activity, ...]:
    stretches: list[tuple[str, datetime, datetime | None]] = [
        (span.state, span.started_at, span.ended_at) for span in leg.spans.all()
    ]
    if leg.ended_at is None:
        stretches.append((leg.state, leg.since, None))
    cut = ((state, window.cut(began, ended)) for state, began, ended in stretches)
    return tuple(Activity(part, LegState(state)) for state, part in cut if part)


def _handle(leg: Leg) -> float | None:
    if leg.answered_at is None or leg.ended_at is None:
        return None
    return (leg.ended_at - leg.answered_at).total_seconds()


def _result(leg: Leg) -> str:
    """How the call ended for the agent, in a word or two."""
    if leg.outcome == MISSED:
        return _("Missed")
    if leg.outcome == REJECTED:
        return _("Rejected")
    if leg.answered_at:
        if not leg.outcome:
            return _("In progress")
        return _("Transferred") if leg.outcome == LegAction.TRANSFERRED.value else _("Handled")
    if not leg.ended_at:
        return _("In progress")
    if leg.interaction.kind == CallKind.OUTBOUND.value:
        return _("Not answered")
    return _("Withdrawn")
