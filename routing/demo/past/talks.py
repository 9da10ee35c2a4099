"""What happens in a past call once an agent has answered."""

from functools import partial

from presence.events import CallKind, LegAction, LegEvent
from presence.state import LegState
from routing.demo.past.calls import Contact
from routing.demo.past.staff import Worker
from routing.demo.past.stage import Stage, live
from routing.models import InteractionOutcome

TALK = (730.0, 210.0)  # seconds: mean and deviation
SHORTEST = 35.0
ASIDE = (20.0, 95.0)  # seconds on hold
NOTES = (10.0, 75.0)  # seconds until an agent has finished their notes
_TURNS = {"plain": 76, "hold": 15, "ask": 6, "out": 3}
_WAYS = {"back": 3, "hand_over": 2, "confer": 2}
_TALKING = (LegState.HANDLING, LegState.ON_HOLD, LegState.CONSULTING, LegState.IN_CONFERENCE)


class Talks:
    """Plays conversations out."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chance = stage, stage.chance

    def begin(self, contact: Contact, worker: Worker, name: str) -> None:
        """`worker` and the customer have begun to talk."""
        turn = self._chance.choices(list(_TURNS), list(_TURNS.values()))[0]
        spent = max(SHORTEST, self._chance.gauss(*TALK))
        step = {
            "plain": partial(self.end, contact, worker, name),
            "hold": partial(self._hold, contact, worker, name),
            "ask": partial(self._ask, contact, worker, name),
            "out": partial(self._out, contact, worker, name),
        }[turn]
        self._stage.after((spent, spent), step)

    def end(self, contact: Contact, worker: Worker, name: str) -> None:
        """They hang up; the agent takes notes."""
        self._part(worker, name, LegAction.HUNG_UP)
        contact.end(InteractionOutcome.HANDLED, self._stage.now)

    def _part(self, worker: Worker, name: str, action: LegAction) -> None:
        self._stage.leg(worker, name, action)
        if live(worker, name, LegState.WRAP_UP):
            self._stage.after(NOTES, partial(self.finish, worker, name))

    def finish(self, worker: Worker, name: str) -> None:
        """The notes are taken."""
        if live(worker, name, LegState.WRAP_UP):
            done = LegAction.WRAP_UP_DONE
            by = worker.user
            self._stage.let(worker, LegEvent(at=self._stage.now, action=done, leg=name, actor=by))

    def _hold(self, contact: Contact, worker: Worker, name: str) -> None:
        self._stage.leg(worker, name, LegAction.HELD)
        had_enough = self._chance.random() < 0.05
        after = self._gives_up if had_enough else self._resume
        self._stage.after(ASIDE, partial(after, contact, worker, name))

    def _gives_up(self, contact: Contact, worker: Worker, name: str) -> None:
        self._part(worker, name, LegAction.HUNG_UP)
        contact.end(InteractionOutcome.ABANDONED_ON_HOLD, self._stage.now)

    def _resume(self, contact: Contact, worker: Worker, name: str) -> None:
        self._stage.leg(worker, name, LegAction.RESUMED)
        self._stage.after((30, 200), partial(self.end, contact, worker, name))

    def _out(self, contact: Contact, worker: Worker, name: str) -> None:
        """Put through to a number outside."""
        self._part(worker, name, LegAction.TRANSFERRED)
        contact.end(InteractionOutcome.TRANSFERRED, self._stage.now)

    # --- with a colleague ---

    def _ask(self, contact: Contact, worker: Worker, name: str) -> None:
        ready = [each for each in self._stage.staff if each.state.ready_since]
        if not ready or not live(worker, name, LegState.HANDLING):
            self.end(contact, worker, name)
            return
        colleague, theirs = self._chance.choice(ready), contact.part()
        self._stage.leg(worker, name, LegAction.CONSULTED)
        now, call = self._stage.now, contact.plain(ring=20)
        offered = LegAction.OFFERED
        self._stage.let(
            colleague, LegEvent(at=now, action=offered, leg=theirs, call=call, reported=False)
        )
        after = partial(self._consult, contact, (worker, name), (colleague, theirs))
        self._stage.after((3, 9), after)

    def _consult(
        self, contact: Contact, first: tuple[Worker, str], second: tuple[Worker, str]
    ) -> None:
        if not live(*first, LegState.CONSULTING):
            self._stage.leg(*second, LegAction.WITHDRAWN)
            return
        self._stage.leg(*second, LegAction.ANSWERED)
        way = self._chance.choices(list(_WAYS), list(_WAYS.values()))[0]
        step = {"back": self._back, "hand_over": self._hand_over, "confer": self._confer}[way]
        self._stage.after((30, 120), partial(step, contact, first, second))

    def _back(
        self, contact: Contact, first: tuple[Worker, str], second: tuple[Worker, str]
    ) -> None:
        self._part(*second, LegAction.HUNG_UP)
        self._resume(contact, *first)

    def _hand_over(
        self, contact: Contact, first: tuple[Worker, str], second: tuple[Worker, str]
    ) -> None:
        self._part(*first, LegAction.TRANSFERRED)
        self._resume(contact, *second)

    def _confer(
        self, contact: Contact, first: tuple[Worker, str], second: tuple[Worker, str]
    ) -> None:
        for one in (first, second):
            self._stage.leg(*one, LegAction.CONFERENCED)
        self._stage.after((40, 150), partial(self._back, contact, first, second))

    # --- calls that agents place ---

    def place_calls(self, worker: Worker) -> None:
        """Who shows that they place calls places the next."""
        self._stage.after((40, 160), partial(self._dial, worker))

    def _dial(self, worker: Worker) -> None:
        if worker.state.shown.status != "outgoing" or self._stage.closing:
            return
        number = f"+44 161 496 0{self._chance.randrange(1000):03}"
        now = self._stage.now
        contact = Contact(self._stage.record, CallKind.OUTBOUND, now, number)
        name, call = contact.part(), contact.plain()
        source = self._stage.record.external(contact.pk)[0]
        dialed = LegEvent(at=now, action=LegAction.DIALED, leg=name, call=call, source=source)
        self._stage.let(worker, dialed)
        somebody = self._chance.random() < 0.7
        after = self._far_end if somebody else self._nobody
        self._stage.after((5, 18), partial(after, contact, worker, name))

    def _far_end(self, contact: Contact, worker: Worker, name: str) -> None:
        self._stage.leg(worker, name, LegAction.ANSWERED)
        if contact.over:
            return
        contact.answered = self._stage.now
        self._stage.after((60, 300), partial(self.end, contact, worker, name))

    def _nobody(self, contact: Contact, worker: Worker, name: str) -> None:
        self._stage.leg(worker, name, LegAction.HUNG_UP)
        contact.end(InteractionOutcome.UNANSWERED, self._stage.now)

    def cut(self, contact: Contact) -> None:
        """The past ends: whoever is still in a call is no more."""
        for worker in self._stage.staff:
            for leg in worker.state.legs:
                if leg.call.interaction == str(contact.pk):
                    how = LegAction.HUNG_UP if leg.answered else LegAction.WITHDRAWN
                    self._stage.leg(worker, leg.id, how)
        answered = contact.answered is not None
        outcome = InteractionOutcome.HANDLED if answered else InteractionOutcome.UNANSWERED
        contact.end(outcome, self._stage.now)
