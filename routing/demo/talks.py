"""What happens in pretend conversations, from the answer to the hang-up."""

import random

from routing.demo.colleagues import Colleagues
from routing.demo.deck import Deck
from routing.demo.queues import Queues
from routing.demo.switch import Call, Span, Switch

TALK: Span = (10, 36)  # seconds until something happens
REST: Span = (6, 28)  # seconds from then to the end
ON_PAGE: Span = (20, 60)  # seconds that a call lasts which a real person took
ASIDE: Span = (5, 18)  # seconds on hold, or asking a colleague
OUTSIDE = "+44 161 496 0199"


class Talks:
    """Everything between an agent and a customer."""

    def __init__(
        self, switch: Switch, colleagues: Colleagues, queues: Queues, chance: random.Random
    ) -> None:
        self._switch = switch
        self._colleagues = colleagues
        self._queues = queues
        self._chance = chance
        self._turns = Deck(chance, {self.end: 11, self._hold: 5, self._ask: 3, self._pass_on: 2})
        self._ways = Deck(chance, {self._thank: 3, self._hand_over: 2, self._confer: 1})

    def begin(self, call: Call, *, pretend: bool) -> None:
        """The agent has answered. A real person is left to talk in peace."""
        if not pretend:
            self._switch.then(call, ON_PAGE, self.end)
            return
        self._switch.then(call, TALK, self._turns.draw())

    def end(self, call: Call) -> None:
        """One of the two hangs up."""
        if self._chance.random() < 0.5:
            self._switch.tell(call, "hung_up", call.agent)
        else:
            self._switch.tell(call, "caller_left")

    def _hold(self, call: Call) -> None:
        self._switch.tell(call, "held", call.agent)
        had_enough = self._chance.random() < 0.06
        self._switch.then(call, ASIDE, self._give_up if had_enough else self._back)

    def _give_up(self, call: Call) -> None:
        self._switch.tell(call, "caller_left")

    def _back(self, call: Call) -> None:
        self._switch.tell(call, "resumed", call.agent)
        self._switch.then(call, REST, self.end)

    # --- with a colleague ---

    def _ask(self, call: Call) -> None:
        call.asked = self._colleagues.free()
        if call.asked is None or not self._consult(call, call.asked):
            call.asked = None
            self._switch.then(call, REST, self.end)

    def _consult(self, call: Call, colleague: int) -> bool:
        return self._switch.tell(call, "consulting", call.agent, to={"agent": colleague})

    def colleague_answers(self, call: Call) -> None:
        """Whom the agent wants to consult has answered."""
        self._switch.then(call, ASIDE, self._ways.draw())

    def colleague_is_away(self, call: Call) -> None:
        """Whom the agent wants to consult does not answer."""
        call.asked = None
        self._back(call)

    def _thank(self, call: Call) -> None:
        self._switch.tell(call, "hung_up", call.asked)
        call.asked = None
        self._back(call)

    def _hand_over(self, call: Call) -> None:
        """An attended transfer."""
        if self._switch.tell(call, "transferred", call.agent, to={"agent": call.asked}):
            call.agent, call.asked = call.asked, None
        self._switch.then(call, REST, self.end)

    def _confer(self, call: Call) -> None:
        self._switch.tell(call, "conference")
        self._switch.then(call, ASIDE, self._thank)

    def _pass_on(self, call: Call) -> None:
        """A blind transfer: the caller waits in another queue, rings at a colleague, or is gone to
        somebody whom Rollcall does not know."""
        ways = {
            "queue": self._queues.other(call.queue),
            "agent": self._colleagues.free(),
            "number": OUTSIDE,
        }
        way, target = self._chance.choice([way for way in ways.items() if way[1]])
        if self._switch.tell(call, "transferred", call.agent, to={way: target}):
            call.agent = None
        else:
            self.end(call)
