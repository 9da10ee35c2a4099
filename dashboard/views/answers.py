"""How a view answers what people did: a new bar for htmx, a redirect for a plain form, and a 409
with its sentence for what was refused."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from dashboard import bar
from presence.actions import Outcome
from presence.choices import ChoiceError, choose
from presence.events import Choice
from presence.models import Agent


def back(request: HttpRequest, otherwise: str) -> str:
    """Where the form came from, if that is a page of ours; else the view named `otherwise`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    secure = request.is_secure()
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=secure):
        return target
    return otherwise


def refusal_of(outcome: Outcome) -> str:
    """The sentence of a refusal; empty when the event was taken, or had nothing to change."""
    return outcome.decision.refused.sentence if outcome.decision.refused else ""


def own(request: HttpRequest, agent: Agent, refusal: str = "") -> HttpResponse:
    """Answer an agent who did something to themselves."""
    status = 409 if refusal else 200
    if getattr(request, "htmx", False):
        context = {"bar": bar.read_one(agent), "refusal": refusal}
        return render(request, "dashboard/bar.html", context, status=status)
    if refusal:
        return refused(request, refusal, back(request, "agent_page"))
    return redirect(back(request, "agent_page"))


def refused(request: HttpRequest, sentence: str, target: str) -> HttpResponse:
    context = {"sentence": sentence, "target": target}
    return render(request, "dashboard/refused.html", context, status=409)


def chosen(request: HttpRequest, agent: Agent) -> Choice:
    """The mode that a form asks for: `status` and `reason`, or both in one button's `choice` as
    `status:reason`. Raises `ChoiceError` when `agent` may not choose it."""
    status, reason = request.POST.get("status", ""), request.POST.get("reason", "")
    if both := request.POST.get("choice"):
        status, _, reason = both.partition(":")
    if reason and not reason.isdecimal():
        raise ChoiceError("unknown_reason", "There is no such reason. Pick one from the menu.")
    return choose(agent, status, int(reason) if reason else None)
