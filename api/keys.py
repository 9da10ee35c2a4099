"""Making API keys, and knowing them again."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from api.guesses import guesses
from api.models import ApiKey
from presence.writing import write

_PREFIX = "rollcall_"
_SHOWN = len(_PREFIX) + 6
_USE_NOTED_EVERY = timedelta(minutes=1)


def make(name: str, **fields: Any) -> tuple[ApiKey, str]:
    """A new key, and its text, which is kept nowhere: `fields` are the key's scopes and source."""
    key = ApiKey(name=name, **fields)
    return key, give_text(key)


def give_text(key: ApiKey) -> str:
    """Save `key` with a new text; gives the text."""
    text = _PREFIX + secrets.token_urlsafe(32)
    key.prefix, key.digest = text[:_SHOWN], _digest(text)
    key.save()
    return text


class TooMany(Exception):
    """Too many wrong keys came from there; `seconds` are to be waited."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many wrong keys. Wait {seconds} seconds.")
        self.seconds = seconds


def try_key(text: str, address: str, now: datetime | None = None) -> ApiKey | None:
    """As `find`, for somebody at `address`. Raises `TooMany`: who guesses at a key waits before
    they try that one again, and hears so of every wrong one. Another key opens meanwhile."""
    now = now or timezone.now()
    if seconds := guesses.at_this_key(address, text, now):
        raise TooMany(seconds)
    key = find(text, now)
    if key is None:
        if seconds := guesses.at_any(address, now):
            raise TooMany(seconds)
        guesses.wrong(address, text, now)
    return key


def opening(now: datetime) -> QuerySet[ApiKey]:
    """The keys that open something: neither revoked nor expired."""
    return ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


def find(text: str, now: datetime | None = None) -> ApiKey | None:
    """The key whose text this is, if it opens. Its use is noted, to the minute."""
    now = now or timezone.now()
    known = opening(now).filter(digest=_digest(text)).select_related("limit")
    key = known.prefetch_related("limit__teams", "limit__queues").first()
    if key and (key.last_used_at is None or now - key.last_used_at >= _USE_NOTED_EVERY):
        with write():
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _digest(text: str) -> str:
    # No salt and no slow hash: the text is 256 random bits, so there is nothing to guess.
    return hashlib.sha256(text.encode()).hexdigest()
