"""An agent's day, for supervisors and for the agent."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit.borders import removed
from audit.models import Kept
from dashboard import bar, rows
from dashboard.day import before, history, page
from dashboard.day.changes import Change, Reader
from dashboard.day.parts import Window, current_zone
from dashboard.forms import DayField, DayInput
from dashboard.people import agent_of, initials, may_supervise
from dashboard.tickets import for_page, issue
from dashboard.views import answers
from presence.models import AgentState, Transition
from routing import limits

CHANGES = 50
"""Transitions on one page."""


class DayForm(forms.Form):
    day = DayField(label=gettext_lazy("Day"), widget=DayInput({"required": True}))


@require_safe
@answers.signed_in
def agent_day(request: HttpRequest, agent_id: int) -> HttpResponse:
    """One day: the one in `day`, else today, in the viewer's time zone."""
    supervises, own = may_supervise(request.user), agent_of(request.user)
    if not (supervises or (own and own.pk == agent_id)):
        raise PermissionDenied(_("This is the day of somebody else. Yours is under “My day”."))
    mine = own is not None and own.pk == agent_id
    seen = mine or limits.sees_agent(limits.sight_of(request.user), agent_id)
    state = page.state_of(agent_id) if seen else None
    if state is None:
        raise Http404("No such agent.")
    today = timezone.localdate()
    form = DayForm({"day": today} | request.GET.dict())
    chosen = form.cleaned_data["day"] if form.is_valid() else today
    window = Window.of(chosen, current_zone(), timezone.now())
    context = {
        "form": form,
        "next": _monitor(request) if supervises else None,
        "today": today,
        "previous": chosen - timedelta(days=1),
        "following": chosen + timedelta(days=1) if chosen < today else None,
        **_told(request, state, window, supervises=supervises),
    }
    if supervises:
        context["ticket"] = issue(for_page(request, own, monitor=True))
    status = 200 if form.is_valid() else 400
    return render(request, "dashboard/agent_day.html", context, status=status)


def _monitor(request: HttpRequest) -> str:
    """The monitor as the viewer left it, with its filters; a page that is opened from elsewhere
    leads to the plain one."""
    plain = reverse("monitor")
    came = urlsplit(request.headers.get("Referer", ""))
    if "next" not in request.GET and (came.netloc, came.path) == (request.get_host(), plain):
        return urlunsplit(("", "", plain, came.query, ""))
    return answers.back(request, "monitor")


def _told(
    request: HttpRequest, state: AgentState, window: Window, *, supervises: bool
) -> dict[str, Any]:
    agent = state.agent
    whole = request.GET.get("axis") == "day"
    found = page.read(state, window, whole=whole)
    changes, pages = _changes(request, state, found)
    live = window.runs and agent.active
    return {
        "agent": agent,
        "initials": initials(agent.name),
        "state": state,
        "whole": whole,
        "everything": request.GET.get("changes") == "all",
        "day": found,
        "now": _now(state, supervises=supervises) if live else None,
        "changes": changes,
        "pages": pages,
        "before": before.days_before(state, window),
        "removed": removed((Kept.HISTORY, Kept.CALLS), window.began),
        "zone": window.zone,
    }


def _now(state: AgentState, *, supervises: bool) -> Any:
    """What the agent shows now: to colleagues as the monitor tells it, to themselves as their bar
    does."""
    if supervises:
        return rows.read([state.agent_id])[0]
    return bar.read_one(state.agent)


def _changes(
    request: HttpRequest, state: AgentState, day: page.Day
) -> tuple[list[Change], Page[Transition]]:
    window = day.window
    happened = history.transitions(state.agent_id, list(day.spans), window)
    if request.GET.get("changes") != "all":
        happened = happened.filter(history.telling(list(day.spans)))
    latest = (
        happened.filter(at__gte=window.began).order_by("-version").select_related("actor__agent")
    )
    asked = Paginator(latest, CHANGES).get_page(request.GET.get("page"))
    reader = Reader(state.agent, day.spans, day.calls)
    return reader.read(list(asked.object_list)), asked
