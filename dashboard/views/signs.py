"""Signs of the person at the page, told by the browser, and how long it may be until the next."""

from datetime import timedelta
from math import isfinite

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboard.views.me import by_agent
from presence.derive import idle_out
from presence.events import Active
from presence.models import Agent, AgentState
from presence.rules import rules_for
from presence.store import load
from routing.actions import apply

LONGEST_AGO = 60
"""Seconds. A page tells of a sign a minute later at most."""


@require_POST
@by_agent
def active(request: HttpRequest, agent: Agent) -> HttpResponse:
    """A key or a pointer moved `ago` seconds ago."""
    try:
        ago = float(request.POST.get("ago", "0"))
    except ValueError:
        ago = float("nan")
    if not isfinite(ago):
        return HttpResponseBadRequest(_("Say in seconds how long ago it was."))
    seen = timezone.now() - timedelta(seconds=min(max(ago, 0), LONGEST_AGO))
    apply(agent.pk, Active(at=seen, source="page"))
    return _left(agent)


@require_safe
@by_agent
def idle(_request: HttpRequest, agent: Agent) -> HttpResponse:
    """How many seconds are left until the agent's mode ends for want of a sign; null: it does not
    end by that."""
    return _left(agent)


def _left(agent: Agent) -> JsonResponse:
    ends = idle_out(load(AgentState.objects.get(agent=agent)), rules_for(agent))
    return JsonResponse({"left": (ends - timezone.now()).total_seconds() if ends else None})
