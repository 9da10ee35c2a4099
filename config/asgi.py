"""What the server runs: pages, sockets, and with them the hub, the feed, what goes on in the
background, the connectors and this process's lease, from start-up to shutdown."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import re_path  # noqa: E402

from api import stream  # noqa: E402
from api.feed import feed  # noqa: E402
from config import heap  # noqa: E402
from dashboard.background import Background  # noqa: E402
from dashboard.hub import hub  # noqa: E402
from dashboard.sockets import urlpatterns  # noqa: E402
from operations.front import Front, Pages  # noqa: E402
from operations.health import Health  # noqa: E402
from operations.ids import Named  # noqa: E402
from presence.connections import process_lease  # noqa: E402
from routing.connectors.running import run_connectors  # noqa: E402

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def lifespan(_scope: Message, receive: Receive, send: Send) -> None:
    """Start what a server process needs beside answering requests, and stop it cleanly."""
    background = Background(process_lease, feed.wake, whole=settings.RUN_CLOCK)
    connectors: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            heap.settle()
            await hub.start()
            await feed.start()
            await sync_to_async(background.start, thread_sensitive=False)()
            if settings.RUN_CONNECTORS:
                connectors.append(asyncio.create_task(run_connectors()))
            await send({"type": "lifespan.startup.complete"})
        else:
            for task in connectors:
                task.cancel()
            await asyncio.gather(*connectors, return_exceptions=True)
            await sync_to_async(background.stop, thread_sensitive=False)()
            await feed.stop()
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


pages = AllowedHostsOriginValidator(URLRouter(urlpatterns))  # type: ignore[arg-type]
# Programs send no Origin, and a browser cannot send their key: theirs need no such check.
sockets = [*stream.urlpatterns, re_path("", pages)]

application = Named(
    ProtocolTypeRouter(
        {
            "http": Front(Pages(), Health(hub.level)),
            "websocket": URLRouter(sockets),  # type: ignore[arg-type]
            "lifespan": lifespan,
        }
    )
)
