"""`manage.py run_connectors`: follow the configured telephony systems, in a process of its own."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from operations.listener import Listener
from routing.connectors.running import run_connectors
from routing.models import Connector


class Command(BaseCommand):
    help = "Follow the configured telephony systems until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        names = Connector.objects.filter(active=True).values_list("name", flat=True)
        followed = ", ".join(names) or "no connector yet, for none is active"
        self.stdout.write(f"Following {followed}. Ctrl-C stops.")
        self.stdout.flush()
        with Listener():
            asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    running = asyncio.create_task(run_connectors())
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, running.cancel)
    await asyncio.gather(running, return_exceptions=True)
