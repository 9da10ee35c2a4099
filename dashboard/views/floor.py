"""What supervisors see and do: the Agent Monitor, and setting an agent's mode."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dashboard import links, rows
from dashboard.people import SUPERVISE, agent_of
from dashboard.strip import Strip
from dashboard.table import COLUMNS, Lists, View
from dashboard.tickets import Ticket, issue
from dashboard.views import answers
from presence.choices import ChoiceError, options
from presence.events import Cause, Choose
from presence.models import Agent
from routing.actions import apply


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def monitor(request: HttpRequest) -> HttpResponse:
    view = View.of(request.GET)
    now = timezone.now()
    lost = links.lost(now)
    found = view.sorted(rows.read(marks=links.marks(now, lost)))
    lists = Lists.read()
    strip = Strip()
    for row in found:
        strip.put(row)
    shown = [view.shows(row) for row in found]
    own = agent_of(request.user)
    ticket = Ticket(request.user.pk or 0, own.pk if own else None, monitor=True)
    context = {
        "view": view,
        "headers": [view.header(column) for column in COLUMNS],
        "rows": list(zip(found, shown, strict=True)),
        "shown": sum(shown),
        "nobody_matches": bool(found) and not any(shown),
        "tiles": view.tiles(lists.statuses, found),
        "lists": lists,
        "cards": strip.read(),
        "lost": lost,
        "ticket": issue(ticket),
    }
    return render(request, "dashboard/monitor.html", context)


@require_http_methods(["GET", "POST"])
@answers.signed_in
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
        "next": answers.back(request, "monitor"),
    }
    inside = getattr(request, "htmx", False)
    template = "dashboard/set_mode_form.html" if inside else "dashboard/set_mode.html"
    return render(request, template, context, status=409 if refusal else 200)
