"""Where the past plays: its clock, its chance, and the one way to let something happen."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from presence import derive
from presence.decision import Decision, LegChange
from presence.events import Choice, Choose, DeadlineReached, Event, LegAction, LegEvent
from presence.state import LegState
from routing.demo.agenda import Agenda
from routing.demo.floor import SOURCE
from routing.demo.past.record import Record
from routing.demo.past.staff import Worker

_LATE = timedelta(milliseconds=20)
"""How long after it is due a deadline is looked at: seconds in floating point are not exact."""


class Stage:
    """Lets events happen to agents. Whoever plays on it hears of who becomes ready, who shows No
    Answer or Busy, and which offers ran out."""

    def __init__(
        self, record: Record, staff: Sequence[Worker], began: datetime, chance: random.Random
    ) -> None:
        self.record, self.staff, self.chance, self._began = record, staff, chance, began
        self.agenda = Agenda()
        self.when_ready: Callable[[Worker], None] = lambda _worker: None
        self.when_missed: Callable[[Worker], None] = lambda _worker: None
        self.when_rung_out: Callable[[Worker, LegChange], None] = lambda _worker, _change: None
        self.when_outgoing: Callable[[Worker], None] = lambda _worker: None
        self.closing = False

    @property
    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.agenda.now)

    @property
    def hour(self) -> int:
        """The hour of day where the floor is."""
        return timezone.localtime(self.now, timezone.get_default_timezone()).hour

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Do `action` at `moment`."""
        self.agenda.after((moment - self.now).total_seconds(), action)

    def after(self, seconds: tuple[float, float], action: Callable[[], None]) -> None:
        """Do `action` within a span of seconds."""
        self.agenda.after(self.chance.uniform(*seconds), action)

    def leg(self, worker: Worker, name: str, action: LegAction, *, by: str = SOURCE) -> Decision:
        """Something happens to a part of a call that is there."""
        return self.let(worker, LegEvent(at=self.now, action=action, leg=name, source=by))

    def let(self, worker: Worker, event: Event, entry: int | None = None) -> Decision:
        """Let `event` happen; whatever follows from it for others follows at once."""
        before, decision = worker.state, worker.take(event, entry)
        self._watch(worker)
        for change in decision.legs:
            if change.ended in (LegAction.REJECTED, LegAction.RING_TIMED_OUT):
                self.when_rung_out(worker, change)
        if decision.closed and worker.state.shown.status in (derive.NO_ANSWER, derive.BUSY):
            self.when_missed(worker)
        if decision.closed and worker.state.shown.status == "outgoing":
            self.when_outgoing(worker)
        if worker.state.ready_since and not before.ready_since:
            self.when_ready(worker)
        return decision

    def choose(self, worker: Worker, choice: Choice) -> None:
        """The agent chooses a mode themselves."""
        self.let(worker, Choose(at=self.now, choice=choice, actor=worker.user))

    def _watch(self, worker: Worker) -> None:
        due = derive.deadlines(worker.state, worker.rules)
        first = due[0].at if due else None
        if first and first != worker.due:
            self.at(first + _LATE, partial(self._fire, worker, first))
        worker.due = first

    def _fire(self, worker: Worker, due: datetime) -> None:
        if worker.due == due:
            worker.due = None
            self.let(worker, DeadlineReached(at=self.now, source="clock"))


def live(worker: Worker, name: str, *states: LegState) -> bool:
    """Whether the part of this name is in one of these states."""
    leg = worker.state.leg(name)
    return leg is not None and leg.state in states
