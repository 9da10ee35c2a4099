"""How a view answers what people did: a new bar for htmx, a redirect for a plain form, a 409 with
its sentence for what was refused, and the way to the log-in for those who are signed out."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from dashboard import bar
from dashboard.rendering import render_bar
from presence.actions import Outcome
from presence.choices import ChoiceError, choose
from presence.events import Choice
from presence.models import Agent
from presence.models.catalogue import ChosenBy
from presence.words import sentence_of

_LONGEST_KEY = 18  # digits: what a database's whole numbers hold

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: View[P]) -> View[P]:
    """Let nobody through who is signed out: htmx, which would follow a redirect, gets a 401.

    Log-in leads back to a page: never to an address that takes only what is posted to it.
    """

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if getattr(request, "htmx", False):
            return HttpResponse(status=401)
        reads = request.method in {"GET", "HEAD"}
        return redirect_to_login(request.get_full_path() if reads else back(request, "home"))

    return checked


def back(request: HttpRequest, otherwise: str) -> str:
    """The address that the form came from, if that is ours; else that of the view `otherwise`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    secure = request.is_secure()
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=secure):
        return target
    return resolve_url(otherwise)


def refusal_of(outcome: Outcome) -> str:
    """The sentence of a refusal; empty when the event was taken, or had nothing to change."""
    refused = outcome.decision.refused
    return str(sentence_of(refused)) if refused else ""


def own(request: HttpRequest, agent: Agent, refusal: str = "") -> HttpResponse:
    """Answer an agent who did something to themselves."""
    status = 409 if refusal else 200
    if getattr(request, "htmx", False):
        return HttpResponse(render_bar(bar.read_one(agent), request, refusal), status=status)
    if refusal:
        return refused(request, refusal, back(request, "agent_page"))
    return redirect(back(request, "agent_page"))


def refused(request: HttpRequest, sentence: str, target: str) -> HttpResponse:
    context = {"sentence": sentence, "target": target}
    return render(request, "dashboard/refused.html", context, status=409)


def chosen(request: HttpRequest, agent: Agent, by: ChosenBy = ChosenBy.AGENTS) -> Choice:
    """The mode that a form asks for: `status` and `reason`, or both in one button's `choice` as
    `status:reason`. Raises `ChoiceError` when `by` may not choose it for `agent`."""
    status, reason = request.POST.get("status", ""), request.POST.get("reason", "")
    if both := request.POST.get("choice"):
        status, _colon, reason = both.partition(":")
    if reason and (not reason.isdecimal() or len(reason) > _LONGEST_KEY):
        raise ChoiceError("unknown_reason", _("There is no such reason. Pick one from the menu."))
    return choose(agent, status, int(reason) if reason else None, by)
