"""Customers who call in the past: they wait, are rung through, lose patience or overflow."""

from functools import partial

from presence.decision import LegChange
from presence.events import Call, CallKind, LegAction, LegEvent
from presence.state import LegState
from routing.demo.past.calls import Contact
from routing.demo.past.staff import Worker
from routing.demo.past.stage import Stage, live
from routing.demo.past.talks import Talks
from routing.demo.past.tiers import read
from routing.models import (
    Destination,
    DirectNumber,
    EntryOutcome,
    InteractionOutcome,
    Queue,
    RingGroup,
)
from routing.policies import with_policies
from routing.strategies import Strategy

LOAD = 0.041
"""Calls in a minute for each agent on shift."""
BUSY_HOURS = {10: 1.15, 11: 1.2, 14: 1.15, 15: 1.2, 12: 0.85, 13: 0.85}
SHARES = {
    "Service": 26,
    "Billing": 12,
    "New customers": 25,
    "Technical": 26,
    "Outages": 3,
    "Renewals campaign": 7,
}
"""How often a queue is called where everybody who serves it first is on shift."""
PATIENCE = (45.0, 260.0)  # seconds
FATES = {LegAction.ANSWERED: 93, LegAction.REJECTED: 2, LegAction.RING_TIMED_OUT: 4}
REACTION = (2.0, 8.0)  # seconds
DIRECT = (1500.0, 4200.0)  # seconds between two calls to a direct number


class Callers:
    """Lets customers call, and finds them agents."""

    def __init__(self, stage: Stage, talks: Talks) -> None:
        self._stage, self._chance, self._talks = stage, stage.chance, talks
        self._queues = {queue.name: queue for queue in Queue.objects.filter(active=True)}
        self._tiers = {queue.pk: read(queue, stage.staff) for queue in self._queues.values()}
        self._numbers = list(DirectNumber.objects.filter(active=True))
        self._waiting: list[Contact] = []
        stage.when_ready = self._ready
        stage.when_rung_out = self._rung_out

    def begin(self) -> None:
        """Let them call from now on."""
        self._stage.after((1, 60), self._call_in)
        for number in self._numbers:
            self._stage.after(DIRECT, partial(self._call_directly, number))

    # --- waiting ---

    def _call_in(self) -> None:
        working = sum(worker.on_shift for worker in self._stage.staff)
        if self._stage.closing:
            return
        if not working:
            self._stage.after((300, 600), self._call_in)
            return
        busy = BUSY_HOURS.get(self._stage.hour, 1.0)
        rate = working * LOAD * busy / 60
        self._stage.agenda.after(self._chance.expovariate(rate), self._call_in)
        if queue := self._wanted():
            important = int(self._chance.random() < 0.1)
            kind = CallKind(queue.kind)
            now, caller = self._stage.now, self._london()
            contact = Contact(self._stage.record, kind, now, caller, important)
            self._enter(contact, queue)

    def _wanted(self) -> Queue | None:
        """The queue of the next call: more often where more are there to answer."""
        shares = {
            queue: SHARES.get(name, 0) * self._there(queue) for name, queue in self._queues.items()
        }
        if not any(shares.values()):
            return None
        return self._chance.choices(list(shares), list(shares.values()))[0]

    def _there(self, queue: Queue) -> float:
        first = self._tiers[queue.pk][:1]
        members = [worker for tier in first for _, worker in tier.members]
        return sum(worker.on_shift for worker in members) / max(1, len(members))

    def _london(self) -> str:
        return f"+44 20 7946 0{self._chance.randrange(1000):03}"

    def _enter(self, contact: Contact, queue: Queue) -> None:
        contact.enter(queue, self._stage.now)
        wait = contact.wait
        self._waiting.append(contact)
        self._offer(contact)
        for tier in self._tiers[queue.pk][1:]:
            self._stage.agenda.after(tier.joins + 0.1, partial(self._offer, contact))
        self._stage.after(PATIENCE, partial(self._leave, contact, wait, EntryOutcome.ABANDONED))
        if queue.max_wait is not None:
            runs_out = partial(self._leave, contact, wait, EntryOutcome.OVERFLOWED)
            self._stage.agenda.after(queue.max_wait, runs_out)

    def _leave(self, contact: Contact, wait: object, how: EntryOutcome) -> None:
        if contact.wait is not wait or contact.over or contact.wait is None:
            return
        if contact.ringing and not self._stage.closing:
            self._stage.after((4, 8), partial(self._leave, contact, wait, how))
            return
        queue, now = contact.wait.queue, self._stage.now
        self._waiting.remove(contact)
        contact.leave(how, now)
        if how is EntryOutcome.OVERFLOWED:
            self._send(contact, queue.max_wait_overflow)
        else:
            contact.end(InteractionOutcome.ABANDONED, now)

    def _send(self, contact: Contact, to: Destination | None) -> None:
        if to and to.queue and to.queue != contact.queue:
            self._enter(contact, self._queues[to.queue.name])
        else:
            contact.end(InteractionOutcome.OVERFLOWED, self._stage.now)

    # --- ringing ---

    def _ready(self, worker: Worker) -> None:
        for contact in sorted(self._waiting, key=lambda each: (-each.priority, each.started)):
            if worker.state.ready_since is None:
                return
            self._offer(contact)

    def _offer(self, contact: Contact) -> None:
        wait = contact.wait
        if wait is None or contact.ringing or self._stage.closing:
            return
        waited = (self._stage.now - wait.entered).total_seconds()
        for tier in self._tiers[wait.queue.pk]:
            ready = [
                (priority, worker.state.ready_since, worker.id, worker)
                for priority, worker in tier.members
                if worker.state.ready_since and worker.id not in contact.turned_away
            ]
            if ready and tier.joins <= waited:
                chosen = [each[-1] for each in sorted(ready)]
                if tier.group.strategy != Strategy.RING_ALL.value:
                    chosen = chosen[:1]
                self._ring(contact, tier.group, chosen)
                return

    def _ring(self, contact: Contact, group: RingGroup, chosen: list[Worker]) -> None:
        wait = contact.wait
        call = with_policies(contact.plain(ring=group.ring_seconds), group)
        for worker in chosen:
            self._ring_one(contact, worker, call, wait.pk if wait else None)
        fate = self._chance.choices(list(FATES), list(FATES.values()))[0]
        if contact.ringing and fate is not LegAction.RING_TIMED_OUT:
            name = next(iter(contact.ringing))
            self._stage.after(REACTION, partial(self._react, contact, name, fate))

    def _ring_one(self, contact: Contact, worker: Worker, call: Call, entry: int | None) -> None:
        name = contact.part()
        contact.ringing[name] = worker
        event = LegEvent(
            at=self._stage.now,
            action=LegAction.OFFERED,
            leg=name,
            call=call,
            source="routing",
            reported=False,
        )
        if self._stage.let(worker, event, entry).refused:
            del contact.ringing[name]

    def _react(self, contact: Contact, name: str, how: LegAction) -> None:
        worker = contact.ringing.get(name)
        if worker is None or not live(worker, name, LegState.OFFERED):
            return
        if how is LegAction.ANSWERED:
            if contact in self._waiting:
                self._waiting.remove(contact)
            contact.answer(self._stage.now)
            others = [(each, part) for part, each in contact.ringing.items() if part != name]
            contact.ringing.clear()
            self._stage.leg(worker, name, how)
            for other, part in others:
                self._stage.leg(other, part, LegAction.WITHDRAWN, by="routing")
            self._talks.begin(contact, worker, name)
        else:
            self._stage.leg(worker, name, how)

    def _rung_out(self, worker: Worker, change: LegChange) -> None:
        contact: Contact | None = self._stage.record.open.get(int(change.leg.call.interaction))
        if contact is None or contact.ringing.pop(change.leg.id, None) is None:
            return
        if change.ended is LegAction.REJECTED:
            contact.turned_away.add(worker.id)
        if contact.ringing or contact.over:
            return
        if contact.wait:
            self._offer(contact)
        else:
            number = next(each for each in self._numbers if each.pk == contact.number)
            self._send(contact, number.overflow)

    # --- an agent's own number ---

    def _call_directly(self, number: DirectNumber) -> None:
        if self._stage.closing:
            return
        self._stage.after(DIRECT, partial(self._call_directly, number))
        worker = next(each for each in self._stage.staff if each.id == number.agent_id)
        if not worker.on_shift or worker.state.engaged or worker.state.mode.status == "offline":
            return
        now = self._stage.now
        contact = Contact(self._stage.record, CallKind.DIRECT, now, self._london(), 0, number.pk)
        self._ring_one(contact, worker, contact.plain(ring=number.ring_seconds), None)
        fate = LegAction.ANSWERED if self._chance.random() < 0.8 else LegAction.REJECTED
        if not contact.ringing:
            contact.end(InteractionOutcome.UNANSWERED, now)
        elif self._chance.random() < 0.9:
            name = next(iter(contact.ringing))
            self._stage.after(REACTION, partial(self._react, contact, name, fate))

    def cut(self) -> None:
        """The past ends: nobody waits or talks any more."""
        for contact in list(self._stage.record.open.values()):
            if contact.wait:
                self._waiting.remove(contact)
                contact.leave(EntryOutcome.ABANDONED, self._stage.now)
                contact.end(InteractionOutcome.ABANDONED, self._stage.now)
            self._talks.cut(contact)
