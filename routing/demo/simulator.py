"""A contact centre at work, played: one thread runs a pretend telephony system and pretend agents,
who use the same door as everybody else."""

import random
import threading
import time

import structlog
from django.db import connection
from django.db.utils import DatabaseError
from django.utils import timezone

from presence.connections import Lease
from routing.demo.agenda import Agenda
from routing.demo.calls import Calls
from routing.demo.floor import SOURCE, Demo
from routing.demo.people import People
from routing.intake import Intake

log = structlog.get_logger(__name__)

_RENEW = 4.0  # seconds between renewals of the lease
_PERIOD = 0.1  # seconds between looks at the agenda


class Simulator(threading.Thread):
    """Plays the demo floor until stopped; `seed` makes chance repeatable."""

    def __init__(self, demo: Demo, seed: int | None = None) -> None:
        super().__init__(name="simulator", daemon=True)
        self._stopping = threading.Event()
        self._lease = Lease()
        self._agenda = Agenda()
        chance = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
        self._people = People(demo.simulated, self._agenda, chance, self._lease)
        self._calls = Calls(self._agenda, chance, Intake(SOURCE))

    def run(self) -> None:
        started = time.monotonic()
        self._agenda.after(0, self._renew)
        self._agenda.after(0, self._calls.start)
        self._agenda.after(0, self._people.start)
        while not self._stopping.wait(_PERIOD):
            try:
                self._agenda.run_due(time.monotonic() - started)
            except DatabaseError as error:
                # Play goes on when the database is back; what was under way there is lost.
                log.warning("simulator_waits", error=str(error))
                connection.close()
        self._lease.release(timezone.now())
        connection.close()

    def stop(self) -> None:
        """Close every pretend page and end the thread."""
        self._stopping.set()
        self.join(timeout=5)

    def _renew(self) -> None:
        self._agenda.after(_RENEW, self._renew)
        self._lease.renew(timezone.now())
