"""A pretend telephony system at work: customers call in and wait, phones ring and are answered or
not, agents place calls."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from routing.demo.agenda import Agenda
from routing.demo.colleagues import Colleagues, pretend
from routing.demo.deck import Deck
from routing.demo.line import Line
from routing.demo.queues import Queues
from routing.demo.switch import Call, Span, Switch
from routing.demo.talks import Talks

FIRST_CALLERS = 8  # who call as soon as the lines open
OPENING: Span = (2, 5)  # seconds after which they do
ARRIVALS: Span = (3, 9)  # seconds between customers after that
MOST_WAITING = 12  # customers; who calls then hears that the lines are busy
PATIENCE: Span = (30, 120)  # seconds that a customer waits
HURRY: Span = (5, 20)  # the same for some
DIRECT: Span = (25, 70)  # seconds between calls on agents' own numbers
PLACED: Span = (8, 20)  # seconds between calls that agents place
REACTION: Span = (2, 9)  # seconds until a phone that rings is answered or rejected
FAR_RING: Span = (4, 12)  # seconds until the far end answers, or the agent gives up
FAR_TALK: Span = (15, 60)
FATES = {"answered": 10, "rejected": 1, "": 1}
"""What becomes of a ring at a pretend phone, how often; the last rings out."""
EVENTS = (
    "agent.status_changed",
    "interaction.ended",
    "interaction.queued",
    "offer.answered",
    "offer.created",
    "offer.rejected",
    "offer.timed_out",
    "offer.withdrawn",
)
"""The types of events that it goes by. A caller who overflows is queued again, or ended."""


class Exchange:
    """Does what its agenda says and what events lead to. `source` is what its API key speaks for,
    `numbers` are agents' own."""

    def __init__(
        self,
        line: Line,
        agenda: Agenda,
        chance: random.Random,
        source: str,
        numbers: Sequence[str],
    ) -> None:
        self._line = line
        self._agenda = agenda
        self._chance = chance
        self._source = source
        self._numbers = numbers
        self._switch = Switch(line, agenda, chance)
        self._colleagues = Colleagues(chance)
        self._fates = Deck(chance, FATES)
        self._queues = Queues(line, chance)
        self._talks = Talks(self._switch, self._colleagues, self._queues, chance)

    def open(self) -> None:
        """Hang up what an earlier run left, and open the lines."""
        for left in self._line.read("/interactions", open=True):
            if left["source"] == self._source:
                self._switch.tell(Call(left["id"]), "caller_left")
        self._colleagues.learn(self._line.read("/agents"))
        for _ in range(FIRST_CALLERS):
            self._agenda.after(self._chance.uniform(*OPENING), self._call_in)
        self._every(ARRIVALS, self._call_in)
        self._every(PLACED, self._place_call)
        if self._numbers:
            self._every(DIRECT, self._call_directly)

    def take(self, event: dict[str, Any]) -> None:
        """Act on an event of Rollcall's."""
        kind, data = event["type"], event["data"]
        if kind == "agent.status_changed":
            self._colleagues.note(data)
        elif call := self._switch.calls.get(data["interaction"]["id"]):
            steps = {
                "interaction.queued": self._waits,
                "interaction.ended": self._over,
                "offer.created": self._rings,
                "offer.answered": self._answered,
            }
            steps.get(kind, self._rings_no_more)(call, data)

    # --- customers ---

    def _every(self, span: Span, happening: Callable[[], None]) -> None:
        def again() -> None:
            self._every(span, happening)
            happening()

        self._agenda.after(self._chance.uniform(*span), again)

    def _call_in(self) -> None:
        waiting = [call for call in self._switch.calls.values() if call.agent is None]
        if len(waiting) < MOST_WAITING and (queue := self._queues.next()):
            important = self._chance.random() < 0.1
            self._switch.begin(queue=queue, caller=self._london(), priority=int(important))

    def _call_directly(self) -> None:
        self._switch.begin(number=self._chance.choice(self._numbers), caller=self._london())

    def _waits(self, call: Call, data: dict[str, Any]) -> None:
        call.stage += 1
        call.queue = data["queue"]
        hurries = self._chance.random() < 0.1
        self._switch.then(call, HURRY if hurries else PATIENCE, self._lose_patience)

    def _lose_patience(self, call: Call) -> None:
        if not all(call.ringing.values()):  # somebody reaches for their mouse just now
            self._switch.then(call, HURRY, self._lose_patience)
        else:
            self._switch.tell(call, "caller_left")

    def _over(self, call: Call, _data: dict[str, Any]) -> None:
        del self._switch.calls[call.id]

    # --- phones ---

    def _rings(self, call: Call, data: dict[str, Any]) -> None:
        leg, agent = data["leg"], data["agent"]["id"]
        call.ringing[leg] = pretend(data["devices"])
        if not call.ringing[leg]:
            return  # a real person's to answer, on their page
        if how := self._fates.draw():
            self._switch.then(call, REACTION, partial(self._react, leg=leg, agent=agent, how=how))

    def _react(self, call: Call, leg: str, agent: int, how: str) -> None:
        if leg not in call.ringing:
            return
        if how == "answered":
            call.ringing.clear()  # where several phones ring, the others are too late from here on
        self._switch.tell(call, how, agent)

    def _answered(self, call: Call, data: dict[str, Any]) -> None:
        on_phone = call.ringing.get(data["leg"], True)
        call.ringing.clear()
        call.stage += 1
        if call.agent is None:
            call.agent = data["agent"]["id"]
            self._talks.begin(call, pretend=on_phone)
        else:
            self._talks.colleague_answers(call)

    def _rings_no_more(self, call: Call, data: dict[str, Any]) -> None:
        call.ringing.pop(data["leg"], None)
        if data["agent"]["id"] == call.asked:
            self._talks.colleague_is_away(call)

    # --- calls that agents place ---

    def _place_call(self) -> None:
        agent = self._colleagues.placing_calls()
        if agent is None:
            return
        number = f"+44 161 496 0{self._chance.randrange(1000):03}"
        if call := self._switch.begin(kind="outbound", agent=agent, called=number):
            somebody = self._chance.random() < 0.7
            self._switch.then(call, FAR_RING, self._far_end if somebody else self._hang_up)

    def _far_end(self, call: Call) -> None:
        self._switch.tell(call, "answered", call.agent)
        self._switch.then(call, FAR_TALK, self._hang_up)

    def _hang_up(self, call: Call) -> None:
        self._switch.tell(call, "hung_up", call.agent)

    def _london(self) -> str:
        return f"+44 20 7946 0{self._chance.randrange(1000):03}"
