"""One customer's call in the past, and the waits that it was in."""

from dataclasses import dataclass, field
from datetime import datetime

from presence.events import Call, CallKind
from routing.demo.past.record import Record
from routing.demo.past.staff import Worker
from routing.models import EntryOutcome, InteractionOutcome, Queue


@dataclass(eq=False)
class Wait:
    pk: int
    queue: Queue
    entered: datetime
    since: datetime


@dataclass(eq=False)
class Contact:
    """A call: `wait` is the one that it is in, `ringing` where it rings by the name of the part,
    `turned_away` who rejected it."""

    record: Record
    kind: CallKind
    started: datetime
    caller: str
    priority: int = 0
    number: int | None = None
    queue: Queue | None = None
    wait: Wait | None = None
    answered: datetime | None = None
    over: bool = False
    parts: int = 0
    ringing: dict[str, Worker] = field(default_factory=dict)
    turned_away: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.pk = next(self.record.call_keys)
        self.record.open[self.pk] = self

    def part(self) -> str:
        """A name for the next agent's part."""
        self.parts += 1
        return f"past-{self.pk}-{self.parts}"

    def plain(self, ring: int | None = None) -> Call:
        """The call as the machine knows it outside any ring group."""
        return Call(str(self.pk), self.kind, caller=self.caller, ring=ring)

    def enter(self, queue: Queue, at: datetime) -> None:
        since = self.wait.since if self.wait else at
        self.queue = queue
        self.wait = Wait(next(self.record.wait_keys), queue, at, since)

    def leave(self, outcome: EntryOutcome, at: datetime) -> None:
        if wait := self.wait:
            ids = wait.pk, self.pk, wait.queue.pk
            self.record.waits.append((*ids, wait.entered, wait.since, True, at, outcome.value))

    def answer(self, at: datetime) -> None:
        self.leave(EntryOutcome.ANSWERED, at)
        self.wait, self.answered = None, at

    def end(self, outcome: InteractionOutcome, at: datetime) -> None:
        if self.over:
            return
        self.over, self.wait = True, None
        del self.record.open[self.pk]
        source, name = self.record.external(self.pk)
        what = self.kind.value, self.queue and self.queue.pk, self.number, self.caller
        times = self.started, self.answered, at, outcome.value
        row = (self.pk, source, name, "call", *what, self.priority, *times)
        self.record.calls.append(row)
