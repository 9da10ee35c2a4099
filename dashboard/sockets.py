"""The one socket of a page: rows for monitors, the bar for agents, and an agent's webphone lease.

A bare ASGI application: it only carries, and a connect costs no database and no shared thread.
"""

from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.db import close_old_connections
from django.urls import path
from django.utils import timezone

from dashboard import tickets, wire
from dashboard.hub import SIGNED_OUT, hub
from dashboard.outbox import Outbox, Send
from presence.connections import process_lease

log = structlog.get_logger(__name__)

# One thread takes connects and disconnects in the order in which they happened.
_leases = ThreadPoolExecutor(1, thread_name_prefix="leases")

Receive = Callable[[], Awaitable[dict[str, Any]]]


async def page(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one page's socket until it closes. What its ticket does not grant it does not get."""
    await receive()
    query = parse_qs(scope["query_string"].decode("latin-1"))
    async with hub.admission.one():
        await send({"type": "websocket.accept"})
        ticket = tickets.accept(query.get("ticket", [""])[0])
        if ticket:
            ticket = await hub.admit(ticket)
        if ticket:
            outbox = Outbox(send, scope.get("extensions", {}).get(wire.NAME))
            hub.join(outbox, ticket)
    if ticket is None:
        # Closed after accepting, for a browser is not told why a handshake failed.
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    try:
        await hub.admission.calm()
        hub.show_bar(outbox)
        with _webphone(ticket.agent):
            while (await receive())["type"] != "websocket.disconnect":
                pass  # sockets go one way
    finally:
        hub.leave(outbox)
        outbox.discard()


@contextmanager
def _webphone(agent_id: int | None) -> Iterator[None]:
    """The page is its agent's, as long as it is open."""
    if agent_id is None:
        yield
        return
    _note(agent_id, 1)
    try:
        yield
    finally:
        _note(agent_id, -1)


def _note(agent_id: int, pages: int) -> None:
    process_lease.note(agent_id, pages, timezone.now())
    _leases.submit(_write)  # writes what queued up by then; the next one finds nothing to do


def _write() -> None:
    close_old_connections()
    try:
        process_lease.write()
    except Exception:
        # The lease's next renewal mends what could not be written now.
        log.exception("connection_not_written")
    finally:
        close_old_connections()


urlpatterns = [path("ws/", page)]  # type: ignore[arg-type] # stubs know of views only
