"""Wallboards' links, and what the screens that have one are shown."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.models import Wallboard

SEEN_EVERY = timedelta(minutes=6)
"""A screen that is open renews its ticket more often, and is seen by it."""

_KEY = 16
"""So much of a link's hash tells it from the one before; its own tickets show no more."""


@dataclass(frozen=True)
class Wall:
    """What one wallboard shows: figures of these teams and queues (none: of all), in `language`.

    `key` changes with the link. Screens of equal walls are sent the same text.
    """

    id: int
    key: str
    name: str
    language: str
    time_zone: str
    teams: tuple[int, ...]
    queues: tuple[int, ...]

    @classmethod
    def of(cls, board: Wallboard) -> "Wall":
        return cls(
            id=board.pk,
            key=board.token_hash[:_KEY],
            name=board.name,
            language=board.language,
            time_zone=board.time_zone,
            teams=_keys(team.pk for team in board.teams.all()),
            queues=_keys(queue.pk for queue in board.queues.all()),
        )

    def has_queue(self, key: int) -> bool:
        return not self.queues or key in self.queues

    def has_team(self, key: int | None) -> bool:
        return not self.teams or key in self.teams


def _keys(keys: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(keys))


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
    return {Wall.of(board) for board in boards.prefetch_related("teams", "queues")}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
