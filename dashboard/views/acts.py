"""What supervisors do to one agent, each by a right of its own: set a mode, cancel the one that
waits, end wrap-up, check a phantom call, log out."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import rows, sessions
from dashboard.people import SUPERVISE
from dashboard.views import answers
from presence.actions import Outcome
from presence.choices import ChoiceError, options
from presence.events import CancelPending, Cause, Choose, LegAction, LegEvent, LogOut
from presence.models import Agent
from presence.models.catalogue import ChosenBy
from presence.state import LegState
from presence.store import load
from presence.words import lazily as _
from routing import reconcile
from routing.actions import apply
from routing.connectors import checks
from routing.models import Leg

ASKED = _("The telephony is asked. A call that it does not know ends within half a minute.")
NO_CALL = _("They are on no call.")
NO_WRAP_UP = _("They are not in wrap-up.")


@require_http_methods(["GET", "POST"])
@answers.signed_in
def set_mode(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Choose a mode for an agent: in the monitor's dialog by htmx, else a page of its own."""
    agent = _agent(request, agent_id)
    if request.method == "GET":
        return form(request, agent)
    return _do(request, agent, "set_mode", _set_mode)


@require_POST
@answers.signed_in
def act(request: HttpRequest, agent_id: int, name: str) -> HttpResponse:
    if name not in ACTS:
        raise Http404("There is no such act.")
    return _do(request, _agent(request, agent_id), name, ACTS[name])


def _agent(request: HttpRequest, agent_id: int) -> Agent:
    if not request.user.has_perm(SUPERVISE):
        raise PermissionDenied("Only supervisors may do this.")
    return get_object_or_404(Agent, pk=agent_id, active=True, state__isnull=False)


Act = Callable[[HttpRequest, Agent], str]
"""Does it, and gives the sentence of what was refused or is still to come; empty when done."""


def _do(request: HttpRequest, agent: Agent, name: str, act: Act) -> HttpResponse:
    if not request.user.has_perm(f"presence.{name}"):
        raise PermissionDenied("An admin can give you the right to do this.")
    if sentence := act(request, agent):
        return form(request, agent, sentence)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Trigger": "mode-set"})
    return redirect(answers.back(request, "monitor"))


def _set_mode(request: HttpRequest, agent: Agent) -> str:
    try:
        choice = answers.chosen(request, agent, ChosenBy.SUPERVISORS)
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


def _cancel_pending(request: HttpRequest, agent: Agent) -> str:
    event = CancelPending(at=timezone.now(), actor=request.user.pk)
    return answers.refusal_of(apply(agent.pk, event))


def _end_wrap_up(request: HttpRequest, agent: Agent) -> str:
    legs = [leg for leg in load(agent.state).legs if leg.state is LegState.WRAP_UP]
    return answers.refusal_of(_finish(request, agent, legs[0].id)) if legs else NO_WRAP_UP


def _finish(request: HttpRequest, agent: Agent, leg: str) -> Outcome:
    event = LegEvent(
        at=timezone.now(),
        actor=request.user.pk,
        action=LegAction.WRAP_UP_DONE,
        leg=leg,
        cause=Cause.SUPERVISOR,
    )
    return apply(agent.pk, event)


def _reset_call(request: HttpRequest, agent: Agent) -> str:
    """A telephony that can be asked is believed; where none can, the supervisor is."""
    now = timezone.now()
    if checks.ask(agent, now, request.user.pk):
        return ASKED
    legs = Leg.objects.in_call().filter(agent=agent).select_related("interaction")
    for leg in legs:
        reconcile.end(leg, now, request.user.pk)
        reconcile.close(leg.interaction, now)
    return "" if legs else NO_CALL


def _log_out(request: HttpRequest, agent: Agent) -> str:
    out = LogOut(at=timezone.now(), actor=request.user.pk, cause=Cause.SUPERVISOR)
    refusal = answers.refusal_of(apply(agent.pk, out))
    sessions.end(agent.user_id)
    return refusal


ACTS: dict[str, Act] = {
    "cancel_pending": _cancel_pending,
    "end_wrap_up": _end_wrap_up,
    "reset_call": _reset_call,
    "log_out_agent": _log_out,
}


def form(request: HttpRequest, agent: Agent, sentence: str = "") -> HttpResponse:
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
    return render(request, template, context, status=409 if sentence else 200)
