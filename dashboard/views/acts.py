"""A supervisor acts on one agent, each act by a right of its own."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import rows
from dashboard.acts import ACTS, do
from dashboard.people import SUPERVISE
from dashboard.views import answers
from presence.choices import options
from presence.models import Agent
from presence.models.catalogue import ChosenBy
from routing import limits


@require_http_methods(["GET", "POST"])
@answers.signed_in
def set_mode(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Choose a mode for an agent: in the monitor's dialog by htmx, else a page of its own."""
    agent = _agent(request, agent_id)
    return form(request, agent) if request.method == "GET" else _do(request, agent, "set_mode")


@require_POST
@answers.signed_in
def act(request: HttpRequest, agent_id: int, name: str) -> HttpResponse:
    if name not in ACTS:
        raise Http404("There is no such act.")
    return _do(request, _agent(request, agent_id), name)


def _agent(request: HttpRequest, agent_id: int) -> Agent:
    demand(request, SUPERVISE)
    seen = limits.agents(limits.sight_of(request.user))
    agents = Agent.objects.filter(seen, active=True, state__isnull=False).select_related("state")
    return get_object_or_404(agents, pk=agent_id)


def demand(request: HttpRequest, right: str) -> None:
    """Raises `PermissionDenied` for whoever lacks the right."""
    if not request.user.has_perm(right):
        raise PermissionDenied(_("An admin can give you the right to do this."))


def _do(request: HttpRequest, agent: Agent, name: str) -> HttpResponse:
    demand(request, f"presence.{name}")
    came = do(request, name, agent)
    if not came.done:
        return form(request, agent, came.sentence, status=409)
    if came.sentence and name == "reset_call":
        return form(request, agent, came.sentence)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Trigger": "mode-set"})
    return redirect(answers.back(request, "monitor"))


def form(
    request: HttpRequest, agent: Agent, sentence: str | Promise = "", status: int = 200
) -> HttpResponse:
    """What may be done to the agent, with what was said of the last try."""
    (row,) = rows.read([agent.pk])
    context = {
        "row": row,
        "options": options(agent, ChosenBy.SUPERVISORS),
        "refusal": sentence,
        "next": answers.back(request, "monitor"),
    }
    inside = getattr(request, "htmx", False)
    template = "dashboard/set_mode.html" if not inside else "dashboard/set_mode_form.html"
    return render(request, template, context, status=status)
