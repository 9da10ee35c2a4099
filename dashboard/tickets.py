"""Tickets: what a socket may see, signed by the page, so that connecting asks no database."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.utils.translation import get_language

from dashboard.people import SUPERVISE
from presence.models import Agent

MAX_AGE = 600
"""Seconds. The page renews its ticket in half of that, so a reconnect finds a good one."""

_SALT = "dashboard.ticket"


@dataclass(frozen=True)
class Ticket:
    """`agent` is whose bar and webphone this socket is; `monitor` asks for everybody's rows. What
    comes by it is in `language`, the page's."""

    user: int
    agent: int | None
    monitor: bool
    language: str = field(default_factory=lambda: get_language() or settings.LANGUAGE_CODE)


def issue(ticket: Ticket) -> str:
    return signing.dumps(asdict(ticket), salt=_SALT)


def accept(text: str) -> Ticket | None:
    """The ticket, unless it is forged, older than `MAX_AGE`, or another version's."""
    try:
        return Ticket(**signing.loads(text, salt=_SALT, max_age=MAX_AGE))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def revoked(tickets: Iterable[Ticket]) -> set[Ticket]:
    """Those that would not be issued any more: the user left, lost the right to supervise, or is
    not that agent any more."""
    tickets = set(tickets)
    users = User.objects.filter(pk__in={ticket.user for ticket in tickets}, is_active=True)
    active = set(users.values_list("pk", flat=True))
    supervisors = set(
        User.objects.with_perm(
            SUPERVISE, backend="django.contrib.auth.backends.ModelBackend"
        ).values_list("pk", flat=True)
    )
    agents = Agent.objects.filter(active=True, state__isnull=False, user__in=active)
    owners = dict(agents.values_list("pk", "user_id"))
    return {
        ticket
        for ticket in tickets
        if ticket.user not in active
        or (ticket.monitor and ticket.user not in supervisors)
        or (ticket.agent is not None and owners.get(ticket.agent) != ticket.user)
    }
