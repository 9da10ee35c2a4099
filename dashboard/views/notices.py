"""What agents do with their notices: read them, and turn them off."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.views import answers
from dashboard.views.me import by_agent
from notifications import inboxes
from presence.models import Agent

_LONGEST_KEY = 18  # digits: what a database's whole numbers hold


@require_POST
@by_agent
def read(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Mark one notice (`notice`) read, or it and all before it (`up_to`)."""
    only = "notice" in request.POST
    key = request.POST.get("notice" if only else "up_to", "")
    if not key.isdecimal() or len(key) > _LONGEST_KEY:
        return answers.own(request, agent, _("There is no such notice. Load this page again."))
    inboxes.mark_read(agent, timezone.now(), up_to=int(key), only=only)
    return answers.own(request, agent)


@require_POST
@by_agent
def off(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Turn all notifications off (`off` is 1), or on again."""
    inboxes.switch(agent, off=request.POST.get("off") == "1")
    return answers.own(request, agent)
