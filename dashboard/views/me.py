"""What agents do to themselves, each a POST, and their own page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dashboard import bar, serving, why
from dashboard.bar import offer
from dashboard.day import history, page
from dashboard.day.parts import Window, current_zone
from dashboard.people import agent_of
from dashboard.rows import reason_text, with_reason
from dashboard.views import answers
from presence.choices import ChoiceError
from presence.derive import OFFLINE
from presence.events import (
    CancelPending,
    Cause,
    Choose,
    DeviceKind,
    DeviceSwitched,
    Event,
    LegAction,
    LegEvent,
    Microphone,
)
from presence.models import Agent, AgentState
from presence.state import LoginPolicy
from presence.store import load
from presence.writing import write
from routing import memberships
from routing.actions import apply
from routing.models import Queue

LOGIN_POLICIES = (
    ("", gettext_lazy("As the floor’s settings say")),  # noqa: RUF001 - as people write it
    (LoginPolicy.OFFLINE.value, pgettext_lazy("status", "Offline")),
    (LoginPolicy.RESTORE.value, gettext_lazy("The mode I left")),
    (LoginPolicy.AVAILABLE.value, pgettext_lazy("status", "Available")),
)

Own = Callable[Concatenate[HttpRequest, Agent, ...], HttpResponse]


def by_agent(view: Own) -> Callable[..., HttpResponse]:
    """Pass the agent who asks; 403 for anybody else."""

    @answers.signed_in
    @wraps(view)
    def checked(request: HttpRequest, /, **named: int) -> HttpResponse:
        agent = agent_of(request.user)
        if agent is None:
            raise PermissionDenied("Only agents have a status of their own.")
        return view(request, agent, **named)

    return checked


def _do(request: HttpRequest, agent: Agent, event: Event) -> HttpResponse:
    outcome = apply(agent.pk, event)
    return answers.own(request, agent, answers.refusal_of(outcome))


@require_POST
@by_agent
def mode(request: HttpRequest, agent: Agent) -> HttpResponse:
    try:
        choice = answers.chosen(request, agent)
    except ChoiceError as error:
        return answers.own(request, agent, str(error))
    now = timezone.now()
    return _do(
        request, agent, Choose(at=now, actor=agent.user_id, choice=choice, cause=Cause.AGENT)
    )


@require_POST
@by_agent
def cancel_pending(request: HttpRequest, agent: Agent) -> HttpResponse:
    return _do(request, agent, CancelPending(at=timezone.now(), actor=agent.user_id))


@require_POST
@by_agent
def answer(request: HttpRequest, agent: Agent) -> HttpResponse:
    return _take(request, agent, LegAction.ANSWERED)


@require_POST
@by_agent
def reject(request: HttpRequest, agent: Agent) -> HttpResponse:
    return _take(request, agent, LegAction.REJECTED)


def _take(request: HttpRequest, agent: Agent, action: LegAction) -> HttpResponse:
    """Answer or reject the offer that rings; one that rings no more is not the agent's to take."""
    ringing = offer(load(AgentState.objects.get(agent=agent)))
    if ringing is None or ringing.leg != request.POST.get("leg"):
        return answers.own(request, agent, _("That call does not ring at you any more."))
    event = LegEvent(at=timezone.now(), actor=agent.user_id, action=action, leg=ringing.leg)
    return _do(request, agent, event)


@require_POST
@by_agent
def wrap_up_done(request: HttpRequest, agent: Agent) -> HttpResponse:
    done = LegEvent(
        at=timezone.now(),
        actor=agent.user_id,
        action=LegAction.WRAP_UP_DONE,
        leg=request.POST.get("leg", ""),
        cause=Cause.AGENT,
    )
    return _do(request, agent, done)


@require_POST
@by_agent
def device(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Switch one of the agent's own devices on or off."""
    kind, on = request.POST.get("kind", ""), request.POST.get("on") == "1"
    with write():
        mine = agent.devices.filter(kind=kind).first()
        if mine is None:
            return answers.own(request, agent, _("You have no such device."))
        mine.enabled = on
        mine.save(update_fields=["enabled"])
        switched = DeviceSwitched(
            at=timezone.now(), actor=agent.user_id, device=DeviceKind(kind), on=on
        )
        return _do(request, agent, switched)


@require_POST
@by_agent
def opt(request: HttpRequest, agent: Agent, queue_id: int) -> HttpResponse:
    """Let the agent out of a queue of theirs, or in again."""
    queue = get_object_or_404(Queue, pk=queue_id, active=True)
    if not memberships.opt(agent, queue, out=request.POST.get("on") != "1", actor=agent.user_id):
        raise Http404("Not a queue of theirs.")
    return answers.own(request, agent)


@require_POST
@by_agent
def microphone(request: HttpRequest, agent: Agent) -> HttpResponse:
    granted = request.POST.get("granted") == "1"
    return _do(request, agent, Microphone(at=timezone.now(), actor=agent.user_id, granted=granted))


@require_POST
@by_agent
def login_policy(request: HttpRequest, agent: Agent) -> HttpResponse:
    policy = request.POST.get("policy", "")
    if policy and policy not in set(LoginPolicy):
        return answers.refused(
            request, _("There is no such choice. Pick one from the list."), reverse("agent_page")
        )
    agent.login_policy = policy
    agent.save(update_fields=["login_policy"])
    messages.success(request, _("Saved."))
    return redirect(answers.back(request, "agent_page"))


@require_safe
@by_agent
def agent_page(request: HttpRequest, agent: Agent) -> HttpResponse:
    queues, own = serving.queues(agent), bar.read_one(agent)
    context = {
        "bar": own,
        "causes": why.causes(own, queues),
        "none_can_come": why.none_can_come(own, queues),
        "agent": agent,
        "day": _today(agent),
        "chosen": _covered_choice(agent),
        "queues": queues,
        "policies": LOGIN_POLICIES,
    }
    return render(request, "dashboard/me.html", context)


def _today(agent: Agent) -> page.Day:
    state = AgentState.objects.select_related(*history.STATE).get(agent=agent)
    return page.read(state, Window.of(timezone.localdate(), current_zone(), timezone.now()))


def _covered_choice(agent: Agent) -> str:
    """The mode that the agent chose, where they are Offline all the same."""
    state = AgentState.objects.select_related("mode", "mode_reason").get(agent=agent)
    if state.shown_status_id != OFFLINE or state.mode_id == OFFLINE:
        return ""
    return with_reason(str(state.mode), reason_text(state.mode_reason, state.mode_note))
