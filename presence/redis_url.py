"""How Redis is reached: at its address, or where its sentinels say that it is now."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import redis.asyncio.retry
import redis.asyncio.sentinel
import redis.sentinel
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

_SENTINEL = "+sentinel"
_PORT = 26379
_ASKED = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
"""Seconds that each sentinel has."""
_OWN = "sentinel_"  # what begins so is for the sentinels themselves


@dataclass(frozen=True)
class _Sentinels:
    """Whom to ask for `service`, and the words to connect to it and to them."""

    hosts: list[tuple[str, int]]
    service: str
    words: dict[str, Any]
    own: dict[str, Any]


def fault(url: str) -> str | None:
    """Why this is no address of a Redis, if it is none. Nobody is asked."""
    try:
        with connected(url) as client:
            client.connection_pool.make_connection()
    except (TypeError, ValueError) as error:
        return str(error)
    return None


@contextmanager
def connected(url: str, **words: Any) -> Iterator["redis.Redis"]:
    """A client of the Redis at `url`, which connects when it is first used. `words` are redis-py's,
    where the address has none. Raises ValueError or TypeError where that is no address."""
    if not _is_sentinels(url):
        with redis.Redis.from_url(url, **words) as client:
            yield client
        return
    found = _sentinels(url, words)
    ask: Any = redis.sentinel.Sentinel
    once = _ASKED | {"retry": Retry(NoBackoff(), 0)}  # then the next one is asked
    with (
        ask(found.hosts, sentinel_kwargs=once | found.own, **found.words) as sentinel,
        sentinel.master_for(found.service) as client,
    ):
        yield client


@asynccontextmanager
async def connected_async(url: str, **words: Any) -> AsyncIterator["redis.asyncio.Redis"]:
    """As `connected`, for the event loop."""
    if not _is_sentinels(url):
        async with redis.asyncio.Redis.from_url(url, **words) as client:
            yield client
        return
    found = _sentinels(url, words)
    ask: Any = redis.asyncio.sentinel.Sentinel
    once = _ASKED | {"retry": redis.asyncio.retry.Retry(NoBackoff(), 0)}
    async with (
        ask(found.hosts, sentinel_kwargs=once | found.own, **found.words) as sentinel,
        sentinel.master_for(found.service) as client,
    ):
        yield client


def _is_sentinels(url: str) -> bool:
    return urlsplit(url).scheme.endswith(_SENTINEL)


def _sentinels(url: str, words: dict[str, Any]) -> _Sentinels:
    parts = urlsplit(url)
    who, _, hosts = parts.netloc.rpartition("@")
    service = parts.path.strip("/")
    if not hosts or not service:
        message = "It names no sentinel, or no service that they watch"
        raise ValueError(message)
    # All but where it is means what it means for a single Redis.
    scheme = parts.scheme.removesuffix(_SENTINEL)
    plain = parts._replace(scheme=scheme, netloc=f"{who}@", path="").geturl()
    words |= parse_url(plain)  # type: ignore[no-untyped-call]
    if words.pop("connection_class", None):
        words["ssl"] = True
    own = {name.removeprefix(_OWN): words.pop(name) for name in list(words) if _OWN in name}
    own |= {name: words[name] for name in words if name.startswith(("socket_", "ssl"))}
    return _Sentinels([_host(host) for host in hosts.split(",")], service, words, own)


def _host(text: str) -> tuple[str, int]:
    found = urlsplit(f"//{text}")
    if not found.hostname:
        message = f"{text!r} is no host"
        raise ValueError(message)
    return found.hostname, found.port or _PORT
