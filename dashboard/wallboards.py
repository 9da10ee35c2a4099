"""Wallboards' links, and what the screens that have one are shown."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet

from dashboard.models import Wallboard
from routing import limits
from routing.models import Limit
from routing.sight import EVERYTHING, Sight

KEEP = "dashboard.view_wallboard"
"""The right to look at any of them without its link."""
SEEN_EVERY = timedelta(minutes=6)
"""A screen that is open renews its ticket more often, and is seen by it."""

_KEY = 16
"""So much of a link's hash tells it from the one before; its own tickets show no more."""


@dataclass(frozen=True)
class Wall:
    """What one wallboard shows: figures of these teams and queues (none: of all), as far as `sight`
    goes, in `language`.

    `key` changes with the link. Screens of equal walls are sent the same text.
    """

    id: int
    key: str
    name: str
    language: str
    time_zone: str
    teams: tuple[int, ...]
    queues: tuple[int, ...]
    sight: Sight = EVERYTHING

    @classmethod
    def of(cls, board: Wallboard) -> "Wall":
        bound = [limit.sight for limit in board.limits.all()]
        return cls(
            id=board.pk,
            key=board.token_hash[:_KEY],
            name=board.name,
            language=board.language,
            time_zone=board.time_zone,
            teams=_keys(team.pk for team in board.teams.all()),
            queues=_keys(queue.pk for queue in board.queues.all()),
            sight=limits.together(bound) if bound else EVERYTHING,
        )

    def has_queue(self, key: int) -> bool:
        return not self.queues or key in self.queues

    def has_team(self, key: int | None) -> bool:
        return not self.teams or key in self.teams


def _keys(keys: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(keys))


_SHOWN = ("teams", "queues", "limits__teams", "limits__queues")


def kept_by(user: User) -> QuerySet[Wallboard]:
    """Those that `user` may look after: to one who is bound by limits, such as show no more."""
    if not limits.sight_of(user).limited:
        return Wallboard.objects.all()
    theirs = Wallboard.objects.filter(limits__users=user)
    return theirs.exclude(limits__in=Limit.objects.exclude(users=user)).distinct()


def give_link(board: Wallboard) -> str:
    """Save `board` with a new link, whose token this gives, this once: only its hash is kept. The
    link before opens nothing any more."""
    token = secrets.token_urlsafe(32)
    board.token_hash = _hash(token)
    board.revoked_at = None
    board.save()
    return token


def revoke(board: Wallboard, at: datetime) -> None:
    """Its link opens nothing any more; screens that show it go dark."""
    board.revoked_at = at
    board.save(update_fields=["revoked_at"])


def find(token: str) -> Wallboard | None:
    """The board of a link, revoked or not. Looked up by hash, so that how long it takes tells
    nothing about any token."""
    return Wallboard.objects.filter(token_hash=_hash(token)).first()


def note_seen(board: Wallboard, at: datetime) -> None:
    """A screen opened it, or still shows it."""
    Wallboard.objects.filter(pk=board.pk).update(seen_at=at)


def current(ids: Iterable[int]) -> set[Wall]:
    """What these boards show now; nothing for those that are revoked."""
    boards = Wallboard.objects.filter(pk__in=set(ids), revoked_at=None)
    return {Wall.of(board) for board in boards.prefetch_related(*_SHOWN)}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
