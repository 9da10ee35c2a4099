"""A supervisor acts on several agents at once: what each act did is told of each of them."""

from dataclasses import dataclass

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dashboard import rows
from dashboard.acts import Came, do
from dashboard.people import SUPERVISE
from dashboard.views import answers
from dashboard.views.acts import demand
from presence.choices import Option, options
from presence.models import Agent, Reason, Status
from presence.models.catalogue import ChosenBy
from routing import limits

MOST = 500
"""Agents that one act may be about: some seconds' work."""
LABELS = {
    "set_mode": gettext_lazy("Set mode"),
    "cancel_pending": gettext_lazy("Cancel pending"),
    "end_wrap_up": gettext_lazy("End wrap-up"),
    "log_out_agent": gettext_lazy("Log out"),
}
ASKS_FIRST = {"log_out_agent"}
_LONGEST_KEY = 18


@dataclass(frozen=True)
class Line:
    """What came of the act for one agent, and the mode that was set before it."""

    agent: Agent
    came: Came
    before: str


@require_POST
@answers.signed_in
def selection(request: HttpRequest) -> HttpResponse:
    """Without an act: ask which. One that cannot be taken back is done when they are `sure`."""
    demand(request, SUPERVISE)
    ids = _ids(request)
    agents = list(
        Agent.objects.filter(
            limits.agents(limits.sight_of(request.user)),
            pk__in=ids,
            active=True,
            state__isnull=False,
        ).select_related("state__mode", "state__mode_reason")
    )
    name = request.POST.get("act", "")
    if not ids:
        return _ask(request, agents, _("Select agents first."), status=409)
    if len(ids) > MOST:
        most = _("That is too many at once. Select at most %(most)s agents.") % {"most": MOST}
        return _ask(request, [], most, status=409)
    if not name:
        return _ask(request, agents)
    if name not in LABELS:
        raise Http404("There is no such act.")
    demand(request, f"presence.{name}")
    if name in ASKS_FIRST and "sure" not in request.POST:
        return _answer(request, {"agents": agents, "asked": name, "asked_label": LABELS[name]})
    lines = [Line(agent, _act(request, agent, name), _mode(agent)) for agent in agents]
    told = _told(lines, len(ids) - len(agents), LABELS[name])
    return _answer(request, told | (_set(request, lines) if name == "set_mode" else {}))


def _ids(request: HttpRequest) -> set[int]:
    """The agents chosen: a form's checkboxes, or joined by commas."""
    found = ",".join(request.POST.getlist("agent")).split(",")
    return {int(id_) for id_ in found if id_.isdecimal() and len(id_) <= _LONGEST_KEY}


def _act(request: HttpRequest, agent: Agent, name: str) -> Came:
    """In a transaction of its own, so that what fails for one agent undoes no other's."""
    try:
        return do(request, name, agent)
    except DatabaseError:
        return Came(done=False, sentence=_("The database did not answer. Try again."))


def _told(lines: list[Line], left: int, label: str | Promise) -> dict[str, object]:
    return {
        "told": True,
        "label": label,
        "done": [line for line in lines if line.came.done],
        "refused": [line for line in lines if not line.came.done],
        "left": left,
    }


def _mode(agent: Agent) -> str:
    """As it was when the agent was read."""
    state = agent.state
    reason = rows.reason_text(state.mode_reason, state.mode_note)
    return rows.with_reason(str(state.mode), reason)


def _set(request: HttpRequest, lines: list[Line]) -> dict[str, object]:
    """The mode by its name, and for how many it is set, waits, or is set but does not show."""
    done = [line.came for line in lines if line.came.done]
    waiting, away = sum(came.waits for came in done), sum(came.away for came in done)
    return {
        "mode": _chosen(request),
        "set": len(done) - waiting - away,
        "waiting": waiting,
        "away": away,
    }


def _chosen(request: HttpRequest) -> str:
    """What was asked for, by its name; empty where there is no such mode."""
    status, _colon, reason = request.POST.get("choice", "").partition(":")
    mode = Status.objects.filter(pk=status).first()
    known = reason.isdecimal() and len(reason) <= _LONGEST_KEY
    why = Reason.objects.filter(pk=reason).first() if known else None
    return rows.with_reason(str(mode), rows.reason_text(why, "")) if mode else ""


def _ask(
    request: HttpRequest, agents: list[Agent], refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"agents": agents, "options": _options(agents), "refusal": refusal}
    return _answer(request, context, status)


def _options(agents: list[Agent]) -> list[Option]:
    """What at least one of them may be set to; for the others it will be refused."""
    one_of_each = {agent.team_id: agent for agent in agents}
    found: dict[str, Option] = {}
    for agent in one_of_each.values():
        for option in options(agent, ChosenBy.SUPERVISORS):
            found.setdefault(option.status.pk, option)
    return sorted(found.values(), key=lambda option: (option.status.order, option.status.pk))


def _answer(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    inside = getattr(request, "htmx", False)
    template = "dashboard/selection_form.html" if inside else "dashboard/selection.html"
    more = {"next": answers.back(request, "monitor")}
    return render(request, template, context | more, status=status)
