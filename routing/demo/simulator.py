"""A contact centre's people, played: one thread runs the pretend agents, who use the same door as
everybody else. Their calls come from a pretend telephony system of its own."""

import random
import threading
import time

import structlog
from django.db import connection
from django.db.utils import DatabaseError
from django.utils import timezone

from presence.connections import Lease
from presence.models import Agent
from routing.demo.agenda import Agenda
from routing.demo.people import People

log = structlog.get_logger(__name__)

_RENEW = 4.0  # seconds between renewals of the lease
_PERIOD = 0.1  # seconds between looks at the agenda


class Simulator(threading.Thread):
    """Plays `agents` until stopped; `seed` makes chance repeatable."""

    def __init__(self, agents: tuple[Agent, ...], seed: int | None = None) -> None:
        super().__init__(name="simulator", daemon=True)
        self._stopping = threading.Event()
        self._lease = Lease()
        self._agenda = Agenda()
        chance = random.Random(seed)  # nosec B311 # noqa: S311 - nothing secret hangs on it
        self._people = People(agents, self._agenda, chance, self._lease)

    def run(self) -> None:
        started = time.monotonic()
        self._agenda.after(0, self._renew)
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
