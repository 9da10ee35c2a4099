"""Two working weeks of the demo floor, played as fast as it goes."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from presence.state import LegState
from routing.demo.past.callers import Callers
from routing.demo.past.record import Record
from routing.demo.past.shifts import Shifts
from routing.demo.past.staff import LONGEST, Worker
from routing.demo.past.stage import Stage
from routing.demo.past.talks import Talks

_ENDS = 40
"""Seconds before now at which the past stops, for everybody to be Offline when play begins."""


class Fortnight:
    """Puts people, calls and talks on one stage."""

    def __init__(self, record: Record, staff: Sequence[Worker], now: datetime) -> None:
        chance = random.Random(f"{now:%Y-%m-%d %H}")  # nosec B311 # noqa: S311 - nothing secret hangs on it
        self._now, self._length = now, LONGEST.total_seconds()
        self._stage = Stage(record, staff, now - LONGEST, chance)
        self._talks = Talks(self._stage)
        self._callers = Callers(self._stage, self._talks)
        self._shifts = Shifts(self._stage)
        self._stage.when_missed = self._missed
        self._stage.when_outgoing = self._talks.place_calls

    def play(self) -> None:
        """Let it all happen, up to now."""
        self._shifts.plan(self._now)
        self._callers.begin()
        self._stage.at(self._now - timedelta(seconds=_ENDS), self._end)
        self._stage.agenda.run_due(self._length)

    def _missed(self, worker: Worker) -> None:
        self._stage.after((12, 110), partial(self._again, worker))

    def _again(self, worker: Worker) -> None:
        if worker.state.shown.status in ("no_answer", "busy"):
            self._shifts.back(worker)

    def _end(self) -> None:
        self._stage.closing = True
        self._callers.cut()
        for worker in self._stage.staff:
            for leg in worker.state.legs:
                if leg.state is LegState.WRAP_UP:
                    self._talks.finish(worker, leg.id)
        for worker in list(self._shifts.everybody()):
            self._stage.after((1, 9), partial(self._shifts.leave, worker))
