"""Reading what showed for an agent on a day, what waited, and when they were out of reach."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Min, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dashboard.day.parts import Loss, Span, Wait, Window
from dashboard.rows import Look, reason_text, with_reason
from presence.events import Cause, PhoneReach
from presence.models import AgentState, Interval, PendingMode, Transition
from presence.models.catalogue import Workforce
from presence.naming import name_of
from presence.words import CAUSE

STATE = (
    "agent__team",
    "agent__user",
    "shown_status",
    "shown_reason",
    "shown_actor__agent",
    "pending",
    "pending_reason",
    "pending_actor__agent",
)
"""What to read with an agent's state for this module to ask no more."""


def spans(state: AgentState, window: Window) -> list[Span]:
    """What showed, earliest first, without gap from when the agent was added."""
    rows = _intervals(state.agent_id, window).select_related(
        "status", "reason", "actor__agent", "actor__agent__user"
    )
    found = [_closed(row, window) for row in rows.order_by("version")]
    return [span for span in (*found, _running(state, window)) if span]


def _intervals(agent_id: int, window: Window) -> QuerySet[Interval]:
    """Those that touch the day: intervals leave no gap, so the index has the one that lasts over
    its beginning just before those that begin in it."""
    own = Interval.objects.filter(agent_id=agent_id)
    over = own.filter(started_at__lte=window.began).order_by("-started_at").values("started_at")
    first = Coalesce(Subquery(over[:1]), window.began)
    return own.filter(started_at__gte=first, started_at__lt=window.ended)


def _closed(row: Interval, window: Window) -> Span | None:
    part = window.cut(row.started_at, row.ended_at)
    if part is None:
        return None
    return Span(
        part=part,
        version=row.version,
        status=Look.of(row.status),
        workforce=Workforce(row.status.workforce),
        reason=reason_text(row.reason, row.note),
        cause=str(CAUSE[Cause(row.cause)]),
        by=_supervisor(row.cause, row.actor),
    )


def _running(state: AgentState, window: Window) -> Span | None:
    part = window.cut(state.shown_since, None)
    if part is None:
        return None
    return Span(
        part=part,
        version=state.shown_version,
        status=Look.of(state.shown_status),
        workforce=Workforce(state.shown_status.workforce),
        reason=reason_text(state.shown_reason, state.shown_note),
        cause=str(CAUSE[Cause(state.shown_cause)]),
        by=_supervisor(state.shown_cause, state.shown_actor),
    )


def _supervisor(cause: str, actor: Any) -> str:
    return name_of(actor) if cause == Cause.SUPERVISOR.value else ""


def waits(state: AgentState, window: Window) -> list[Wait]:
    """Modes that waited for an engagement to end, earliest first."""
    rows = PendingMode.objects.filter(
        agent_id=state.agent_id, ended_at__gte=window.began, started_at__lt=window.ended
    ).select_related("status", "reason", "actor__agent")
    found = [_waited(row, window) for row in rows.order_by("version")]
    return [wait for wait in (*found, _waiting(state, window)) if wait]


def _waited(row: PendingMode, window: Window) -> Wait | None:
    part = window.cut(row.started_at, row.ended_at)
    mode = with_reason(str(row.status), reason_text(row.reason, row.note))
    by = _supervisor(row.cause, row.actor)
    return Wait(part, mode, by, str(row.get_end_display())) if part else None


def _waiting(state: AgentState, window: Window) -> Wait | None:
    if state.pending is None or state.pending_since is None:
        return None
    part = window.cut(state.pending_since, None)
    mode = with_reason(str(state.pending), reason_text(state.pending_reason, state.pending_note))
    by = _supervisor(state.pending_cause, state.pending_actor)
    return Wait(part, mode, by, _("Waiting")) if part else None


def transitions(agent_id: int, day: list[Span], window: Window) -> QuerySet[Transition]:
    """What happened since the first of these spans began, until the day ended. Versions tell where
    to look, for they have an index."""
    if not day:
        return Transition.objects.none()
    later = Interval.objects.filter(agent_id=agent_id, started_at__gte=window.ended)
    after = later.aggregate(first=Min("version"))["first"]
    within = Q(version__lt=after) if after else Q()
    return Transition.objects.filter(
        within, agent_id=agent_id, version__gte=day[0].version, at__lt=window.ended
    )


def telling(day: list[Span]) -> Q:
    """What somebody did, or what changed what shows: not each sign of life of a browser."""
    return Q(actor__isnull=False) | Q(event="Choose") | Q(version__in=[s.version for s in day])


def losses(agent_id: int, day: list[Span], window: Window) -> list[Loss]:
    """When the webphone of one who had not logged out, or the phone, could not be reached."""
    events = ("WebphoneLost", "WebphoneConnected", "LogIn", "LogOut", "PhoneSeen")
    happened = transitions(agent_id, day, window).filter(event__in=events).order_by("version")
    found = _losses(happened.values_list("at", "event", "details"))
    cut = ((window.cut(began, ended), what) for began, ended, what in found)
    return sorted(
        (Loss(part, what) for part, what in cut if part), key=lambda loss: loss.part.began
    )


def _losses(
    happened: Iterable[tuple[datetime, str, dict[str, Any]]],
) -> Iterator[tuple[datetime, datetime | None, str]]:
    out: dict[str, datetime] = {}
    logged_out = False
    phone = {PhoneReach.UNREACHABLE: _("Phone unreachable"), PhoneReach.LOST: _("Telephony lost")}
    for at, event, details in happened:
        before = dict(out)
        match event:
            case "WebphoneLost" if not logged_out:
                out.setdefault(_("Webphone lost"), at)
            case "WebphoneConnected":
                out.pop(_("Webphone lost"), None)
            case "LogIn":
                logged_out = False
            case "LogOut":
                logged_out = True
                out.pop(_("Webphone lost"), None)
            case "PhoneSeen" if reach := details.get("reach"):
                now = phone.get(PhoneReach(reach))
                for what in phone.values():
                    if what != now:
                        out.pop(what, None)
                if now:
                    out.setdefault(now, at)
        yield from ((began, at, what) for what, began in before.items() if what not in out)
    yield from ((began, None, what) for what, began in out.items())
