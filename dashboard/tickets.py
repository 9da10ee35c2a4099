"""Tickets: what a socket may see, signed by the page, so that connecting asks no database."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.core import signing

from dashboard.people import SUPERVISE

MAX_AGE = 600
"""Seconds. The page renews its ticket in half of that, so a reconnect finds a good one."""

_SALT = "dashboard.ticket"


@dataclass(frozen=True)
class Ticket:
    """`agent` is whose bar and webphone this socket is; `monitor` asks for everybody's rows."""

    user: int
    agent: int | None
    monitor: bool


def issue(ticket: Ticket) -> str:
    return signing.dumps(asdict(ticket), salt=_SALT)


def accept(text: str) -> Ticket | None:
    """The ticket, unless it is forged or older than `MAX_AGE`."""
    try:
        return Ticket(**signing.loads(text, salt=_SALT, max_age=MAX_AGE))
    except signing.BadSignature:
        return None


def revoked(tickets: Iterable[Ticket]) -> set[Ticket]:
    """Those that would not be issued any more: the user left, or lost the right to supervise."""
    tickets = set(tickets)
    users = User.objects.filter(pk__in={ticket.user for ticket in tickets}, is_active=True)
    active = set(users.values_list("pk", flat=True))
    supervisors = set(
        User.objects.with_perm(
            SUPERVISE, backend="django.contrib.auth.backends.ModelBackend"
        ).values_list("pk", flat=True)
    )
    return {
        ticket
        for ticket in tickets
        if ticket.user not in active or (ticket.monitor and ticket.user not in supervisors)
    }
