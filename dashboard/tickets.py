"""Tickets: what a socket may see, signed by the page, so that connecting asks no database."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.utils.translation import get_language

from dashboard import wallboards
from dashboard.people import SUPERVISE
from dashboard.wallboards import Wall
from presence.models import Agent

MAX_AGE = 600
"""Seconds. The page renews its ticket in half of that, so a reconnect finds a good one."""

_SALT = "dashboard.ticket"


@dataclass(frozen=True)
class Ticket:
    """`agent` is whose bar and webphone this socket is; `monitor` asks for everybody's rows; `wall`
    is a wallboard's, and nobody's. What comes by it is in `language`, the page's."""

    user: int | None
    agent: int | None
    monitor: bool
    language: str = field(default_factory=lambda: get_language() or settings.LANGUAGE_CODE)
    wall: Wall | None = None

    @property
    def kind(self) -> str:
        """What the socket is for, in a word."""
        if self.wall:
            return "wallboard"
        return "monitor" if self.monitor else "agent" if self.agent else "page"


def for_screen(wall: Wall) -> Ticket:
    """For a screen that shows `wall`, whoever looks at it."""
    return Ticket(None, None, monitor=False, language=wall.language, wall=wall)


def issue(ticket: Ticket) -> str:
    return signing.dumps(asdict(ticket), salt=_SALT, compress=True)


def accept(text: str) -> Ticket | None:
    """The ticket, unless it is forged, older than `MAX_AGE`, or another version's."""
    try:
        content = signing.loads(text, salt=_SALT, max_age=MAX_AGE)
        return Ticket(**content | {"wall": _wall(content["wall"])})
    except (signing.BadSignature, LookupError, TypeError, ValueError):
        return None


def _wall(content: dict[str, Any] | None) -> Wall | None:
    if content is None:
        return None
    lists = {name: tuple(content[name]) for name in ("teams", "queues")}
    return Wall(**content | lists)


def outdated(tickets: Iterable[Ticket]) -> set[Ticket]:
    """Those of screens whose link was revoked, or whose wallboard shows something else now."""
    tickets = {ticket for ticket in tickets if ticket.wall}
    if not tickets:
        return set()
    walls = wallboards.current(ticket.wall.id for ticket in tickets if ticket.wall)
    return {ticket for ticket in tickets if ticket.wall not in walls}


def revoked(tickets: Iterable[Ticket]) -> set[Ticket]:
    """Those of people that would not be issued any more: the user left, lost the right to
    supervise, or is not that agent any more."""
    tickets = {ticket for ticket in tickets if ticket.user is not None}
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
