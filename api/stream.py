"""The stream of events for API keys: a WebSocket that resumes from any event."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.urls import path

from api import keys
from api.feed import Lost, feed
from presence.addresses import house
from presence.outbox import EventType
from routing.sight import Sight

BAD_REQUEST, NO_KEY, NO_SCOPE, LOST, TOO_MANY = 4400, 4401, 4403, 4404, 4429
"""Codes that a socket is closed with: the HTTP status of the same meaning and 4000."""

_GONE = (OSError, RuntimeError)  # what servers raise on a socket that has closed meanwhile

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Refused(Exception):
    """The socket is closed with `code`, after a message with the sentence."""

    code: int
    sentence: str


@dataclass(frozen=True)
class Wish:
    """Who listens, and sees what, from after which position on, and to which types of events; all
    where none is named."""

    key: int
    sight: Sight
    position: int
    types: frozenset[str]


async def stream(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one socket until it closes."""
    await receive()
    try:
        wish = await _wish(scope)
    except Refused as refused:
        await send({"type": "websocket.accept"})
        await _refuse(send, refused)
        return
    await send({"type": "websocket.accept"})
    with feed.joined(wish.key, wish.sight) as revoked:
        telling = asyncio.create_task(_tell(send, wish))
        jobs = [
            telling,
            asyncio.create_task(_until_left(receive)),
            asyncio.create_task(_until_revoked(revoked)),
        ]
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
    with suppress(*_GONE):
        for job in done:
            if isinstance(reason := job.exception(), Refused):
                await _refuse(send, reason)
            else:
                job.result()


async def _wish(scope: dict[str, Any]) -> Wish:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    address = house((scope.get("client") or ("",))[0]) or ""
    try:
        key = await feed.ask(lambda: keys.try_key(_bearer(scope), address))
    except keys.TooMany as many:
        raise Refused(TOO_MANY, str(many)) from None
    if key is None:
        raise Refused(NO_KEY, "Send a valid API key: Authorization: Bearer <key>.")
    if not key.read:
        raise Refused(NO_SCOPE, "This key may not read. An admin can allow it.")
    types = frozenset(kind for text in query.get("types", []) for kind in text.split(",") if kind)
    if unknown := types - {kind.value for kind in EventType}:
        known = ", ".join(kind.value for kind in EventType)
        raise Refused(BAD_REQUEST, f"No such type: {', '.join(sorted(unknown))}. Known: {known}.")
    after = query.get("after")
    try:
        position = await feed.place(after[0]) if after else feed.position
        return Wish(key.pk, key.sight, position, types)
    except Lost:
        raise _lost() from None


def _bearer(scope: dict[str, Any]) -> str:
    for name, value in scope["headers"]:
        scheme, _, text = value.decode("latin-1").partition(" ")
        if name == b"authorization" and scheme.lower() == "bearer":
            return str(text.strip())
    return ""


async def _tell(send: Send, wish: Wish) -> None:
    """Send what comes after the place that was reached, as fast as this socket takes it."""
    position = wish.position
    while True:
        try:
            events = await feed.after(position)
        except Lost:
            raise _lost() from None
        wanted = [told for told in events if not wish.types or told.type in wish.types]
        for told in await feed.seen(wish.sight, wanted):
            await send({"type": "websocket.send", "text": told.text})
        position = events[-1].position


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass  # sockets go one way


async def _until_revoked(revoked: asyncio.Event) -> None:
    await revoked.wait()
    raise Refused(
        NO_KEY, "This key was revoked or has expired, or its rights changed. Connect again."
    )


def _lost() -> Refused:
    return Refused(
        LOST,
        "That event is not known, or was purged. Read the state anew and connect without `after`.",
    )


async def _refuse(send: Send, refused: Refused) -> None:
    await send({"type": "websocket.send", "text": json.dumps({"error": refused.sentence})})
    await send({"type": "websocket.close", "code": refused.code})


urlpatterns = [path("api/v1/stream", stream)]  # type: ignore[arg-type] # stubs know of views only
