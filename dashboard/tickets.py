"""Tickets: what a socket may see, signed by the page, so that connecting asks no database; and
whether that still holds, asked for all sockets at once."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from dashboard import wallboards
from dashboard.people import SUPERVISE
from dashboard.wallboards import KEEP, Wall
from presence.models import Agent
from presence.sealing import CannotOpen, seal, unseal
from routing import limits
from routing.sight import EVERYTHING, Sight

MAX_AGE = 600
"""Seconds. The page renews its ticket in half of that, so a reconnect finds a good one."""

_SALT = "dashboard.ticket"


@dataclass(frozen=True)
class Ticket:
    """`agent` is whose bar and webphone this socket is; `monitor` asks for the rows of all whom
    `sight` holds; `wall` is a wallboard's, and nobody's but in a preview. What comes by it is in
    `language`, the page's. It ends with the `session` of the page, and with the password that
    `proof` is of; one without a `user` is Rollcall's own, and just grows old."""

    user: int | None
    agent: int | None
    monitor: bool
    language: str = field(default_factory=lambda: get_language() or settings.LANGUAGE_CODE)
    wall: Wall | None = None
    sight: Sight = EVERYTHING
    session: str = ""
    proof: str = ""

    @property
    def kind(self) -> str:
        """What the socket is for, in a word."""
        if self.wall:
            return "wallboard"
        return "monitor" if self.monitor else "agent" if self.agent else "page"


def for_page(request: HttpRequest, agent: Agent | None, *, monitor: bool) -> Ticket:
    """For a page of whoever is signed in."""
    user = request.user
    assert isinstance(user, User)  # nosec B101 # noqa: S101 - who is signed out gets no page
    return Ticket(
        user.pk,
        agent.pk if agent else None,
        monitor,
        sight=limits.sight_of(user) if monitor else EVERYTHING,
        session=request.session.session_key or "",
        proof=_proof(user.password),
    )


def for_screen(wall: Wall) -> Ticket:
    """For a screen that shows `wall`, whoever looks at it."""
    return Ticket(None, None, monitor=False, language=wall.language, wall=wall)


def for_preview(request: HttpRequest, wall: Wall) -> Ticket:
    """For whoever looks at `wall` as its keeper, and as long as they are."""
    return replace(for_page(request, None, monitor=False), language=wall.language, wall=wall)


def issue(ticket: Ticket) -> str:
    # Sealed, for the page's scripts can read the ticket, and a session's key opens everything.
    content = asdict(ticket) | {"session": seal(ticket.session)}
    return signing.dumps(content, salt=_SALT, serializer=_Json, compress=True)


def accept(text: str) -> Ticket | None:
    """The ticket, unless it is forged, older than `MAX_AGE`, or another version's."""
    try:
        content = signing.loads(text, salt=_SALT, serializer=_Json, max_age=MAX_AGE)
        read = {
            "wall": _wall(content["wall"]),
            "sight": _sight(content["sight"]),
            "session": unseal(content["session"]),
        }
        return Ticket(**content | read)
    except (signing.BadSignature, CannotOpen, LookupError, TypeError, ValueError):
        return None


class _Json:
    """JSON, with sets as lists."""

    def dumps(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":"), default=sorted).encode()

    def loads(self, text: bytes) -> Any:
        return json.loads(text)


def _sight(content: dict[str, Any]) -> Sight:
    return Sight(content["limited"], *(frozenset(content[name]) for name in ("teams", "queues")))


def _wall(content: dict[str, Any] | None) -> Wall | None:
    if content is None:
        return None
    lists = {name: tuple(content[name]) for name in ("teams", "queues")}
    return Wall(**content | lists | {"sight": _sight(content["sight"])})


def current(tickets: Iterable[Ticket]) -> dict[Ticket, Ticket | None]:
    """What each of these would be now; None for those that would not be issued any more. A few
    queries, however many there are."""
    tickets = set(tickets)
    people = _of_people({ticket for ticket in tickets if ticket.user is not None})
    return people | _of_screens({one for one in tickets if one.wall and people.get(one, one)})


def _of_screens(tickets: set[Ticket]) -> dict[Ticket, Ticket | None]:
    """Gone is one whose link was revoked, or whose wallboard shows something else now."""
    if not tickets:
        return {}
    walls = wallboards.current(ticket.wall.id for ticket in tickets if ticket.wall)
    return {ticket: ticket if ticket.wall in walls else None for ticket in tickets}


def _of_people(tickets: set[Ticket]) -> dict[Ticket, Ticket | None]:
    """Gone is one whose user left, signed out, has another password, lost the right to supervise,
    keeps that wallboard no more, or is not that agent any more. Whoever sees something else now
    gets another."""
    if not tickets:
        return {}
    users = User.objects.filter(pk__in={ticket.user for ticket in tickets}, is_active=True)
    proofs = {pk: _proof(password) for pk, password in users.values_list("pk", "password")}
    sessions = _sessions({ticket.session for ticket in tickets if ticket.session})
    owners = _owners({ticket.agent for ticket in tickets if ticket.agent is not None})
    watching = {ticket.user for ticket in tickets if ticket.monitor and ticket.user in proofs}
    sights = _sights({user for user in watching if user is not None})
    looking = {ticket.user for ticket in tickets if ticket.wall and ticket.user in proofs}
    kept = _kept({user for user in looking if user is not None})

    def now(ticket: Ticket) -> Ticket | None:
        user = ticket.user
        if user not in proofs or ticket.proof not in {"", proofs[user]}:
            return None
        if ticket.session and ticket.session not in sessions:
            return None
        if ticket.agent is not None and owners.get(ticket.agent) != user:
            return None
        if ticket.wall and ticket.wall.id not in kept[user]:
            return None
        if not ticket.monitor:
            return ticket
        return replace(ticket, sight=sights[user]) if user in sights else None

    return {ticket: now(ticket) for ticket in tickets}


def _sessions(keys: set[str]) -> set[str]:
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return set(live.values_list("session_key", flat=True)) if keys else set()


def _owners(agents: set[int]) -> dict[int, int]:
    """The users behind these agents, where they are agents still."""
    active = Agent.objects.filter(pk__in=agents, active=True, state__isnull=False)
    return dict(active.values_list("pk", "user_id")) if agents else {}


def _kept(users: set[int]) -> dict[int, set[int]]:
    """The wallboards that each of these looks after; they are few who look at one just now."""
    keepers = {user.pk: user for user in User.objects.filter(pk__in=users)} if users else {}
    return {
        pk: set(wallboards.kept_by(user).values_list("pk", flat=True))
        if user.has_perm(KEEP)
        else set()
        for pk, user in keepers.items()
    }


def _sights(users: set[int]) -> dict[int, Sight]:
    """What each of these sees who may supervise."""
    if not users:
        return {}
    may = User.objects.with_perm(
        SUPERVISE, backend="django.contrib.auth.backends.ModelBackend"
    ).filter(pk__in=users)
    bound = limits.sights(users)
    return {user: bound.get(user, EVERYTHING) for user in may.values_list("pk", flat=True)}


@lru_cache(maxsize=1 << 14)
def _proof(password: str) -> str:
    """Differs for another password, and tells nothing of it."""
    return User(password=password).get_session_auth_hash()[:16]
