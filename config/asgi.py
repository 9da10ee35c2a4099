"""What the server runs: pages, sockets, and with them the hub, the feed, the clock, the
distributor, the watcher, the courier, the notifier, the connectors and this process's lease, from
start-up to shutdown."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import re_path  # noqa: E402
from django.utils import timezone  # noqa: E402

from alerts.watcher import Watcher  # noqa: E402
from api import stream  # noqa: E402
from api.feed import feed  # noqa: E402
from dashboard.hub import hub  # noqa: E402
from dashboard.sockets import urlpatterns  # noqa: E402
from notifications.notifier import Notifier  # noqa: E402
from presence.clock import Clock  # noqa: E402
from presence.connections import process_lease  # noqa: E402
from routing import actions  # noqa: E402
from routing.connectors.running import run_connectors  # noqa: E402
from routing.distributor import Distributor  # noqa: E402
from webhooks.courier import Courier  # noqa: E402

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def lifespan(_scope: Message, receive: Receive, send: Send) -> None:
    """Start what a server process needs beside answering requests, and stop it cleanly."""
    clock = Clock(actions.apply_all, process_lease)
    distributor = Distributor()
    watcher = Watcher()
    notifier = Notifier()

    def sequenced() -> None:
        feed.wake()
        notifier.wake()

    courier = Courier(sequenced)
    connectors: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await hub.start()
            await feed.start()
            clock.start()
            distributor.start()
            watcher.start()
            courier.start()
            notifier.start()
            if settings.RUN_CONNECTORS:
                connectors.append(asyncio.create_task(run_connectors()))
            await send({"type": "lifespan.startup.complete"})
        else:
            for task in connectors:
                task.cancel()
            await asyncio.gather(*connectors, return_exceptions=True)
            await sync_to_async(clock.stop, thread_sensitive=False)()
            await sync_to_async(distributor.stop, thread_sensitive=False)()
            await sync_to_async(watcher.stop, thread_sensitive=False)()
            await sync_to_async(courier.stop, thread_sensitive=False)()
            await sync_to_async(notifier.stop, thread_sensitive=False)()
            await feed.stop()
            await hub.stop()
            await sync_to_async(_release, thread_sensitive=False)()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _release() -> None:
    process_lease.release(timezone.now())
    connections.close_all()  # this thread's, which the pool would miss


pages = AllowedHostsOriginValidator(URLRouter(urlpatterns))  # type: ignore[arg-type]
# Programs send no Origin, and a browser cannot send their key: theirs need no such check.
sockets = [*stream.urlpatterns, re_path("", pages)]

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": URLRouter(sockets),  # type: ignore[arg-type]
        "lifespan": lifespan,
    }
)
