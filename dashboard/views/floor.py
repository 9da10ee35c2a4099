"""What supervisors see and do: the Agent Monitor, and setting an agent's mode."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dashboard import rows
from dashboard.people import SUPERVISE, agent_of
from dashboard.table import COLUMNS, View
from dashboard.tickets import Ticket, issue
from dashboard.views import answers
from presence.choices import ChoiceError, options
from presence.events import Cause, Choose
from presence.models import Agent, Status, Team
from routing.actions import apply
from routing.models import Queue


@require_GET
@login_required
@permission_required(SUPERVISE, raise_exception=True)
def monitor(request: HttpRequest) -> HttpResponse:
    view = View.of(request.GET)
    found = view.sorted(rows.read())
    own = agent_of(request.user)
    ticket = Ticket(request.user.pk or 0, own.pk if own else None, monitor=True)
    context = {
        "view": view,
        "headers": [view.header(column) for column in COLUMNS],
        "rows": [(row, view.shows(row)) for row in found],
        "tiles": view.tiles(Status.objects.filter(active=True), found),
        "teams": Team.objects.filter(active=True),
        "queues": Queue.objects.filter(active=True),
        "ticket": issue(ticket),
    }
    return render(request, "dashboard/monitor.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(SUPERVISE, raise_exception=True)
def set_mode(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Choose a mode for an agent: in the monitor's dialog by htmx, else a page of its own."""
    agent = get_object_or_404(Agent, pk=agent_id, active=True, state__isnull=False)
    if request.method == "GET":
        return _form(request, agent)
    if refusal := _set(request, agent):
        return _form(request, agent, refusal)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Trigger": "mode-set"})
    return redirect(answers.back(request, "monitor"))


def _set(request: HttpRequest, agent: Agent) -> str:
    """Apply what the form says; gives the sentence of a refusal."""
    try:
        choice = answers.chosen(request, agent)
    except ChoiceError as error:
        return str(error)
    event = Choose(
        at=timezone.now(),
        actor=request.user.pk,
        choice=choice,
        cause=Cause.SUPERVISOR,
        immediate="immediate" in request.POST,
    )
    return answers.refusal_of(apply(agent.pk, event))


def _form(request: HttpRequest, agent: Agent, refusal: str = "") -> HttpResponse:
    (row,) = rows.read([agent.pk])
    context = {
        "row": row,
        "options": options(agent),
        "refusal": refusal,
        "next": answers.back(request, "/monitor/"),
    }
    inside = getattr(request, "htmx", False)
    template = "dashboard/set_mode_form.html" if inside else "dashboard/set_mode.html"
    return render(request, template, context, status=409 if refusal else 200)
