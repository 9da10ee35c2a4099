"""`manage.py run_clock`: what servers do in the background, in a process of its own."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from dashboard.background import Background
from operations.listener import Listener
from presence import hints


class Command(BaseCommand):
    help = "Do what is due, until stopped, for servers that run with RUN_CLOCK=false."

    def handle(self, *_args: Any, **_options: Any) -> None:
        stopping = threading.Event()
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, lambda *_: stopping.set())
        threads = Background(), hints.Hearing(), Listener()
        for thread in threads:
            thread.start()
        self.stdout.write("The clock runs. Ctrl-C stops it.")
        self.stdout.flush()
        stopping.wait()
        for thread in threads:
            thread.stop()
