"""`manage.py run_connectors`: follow the configured telephony systems, in a process of its own."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.listener import Listener
from routing.connectors.running import run_connectors
from routing.models import Connector


class Command(BaseCommand):
    help = "Follow the configured telephony systems until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        active = list(Connector.objects.filter(active=True))
        if not active:
            raise CommandError("There is no active connector. Add one in the admin first.")
        names = ", ".join(connector.name for connector in active)
        self.stdout.write(f"Following {names}. Ctrl-C stops.")
        with Listener():
            asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    running = asyncio.create_task(run_connectors())
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, running.cancel)
    await asyncio.gather(running, return_exceptions=True)
