"""What happens in pretend conversations, from the answer to the hang-up."""

import random

from routing.demo.colleagues import Colleagues
from routing.demo.queues import Queues
from routing.demo.switch import Call, Span, Switch

TALK: Span = (12, 45)  # seconds until something happens
REST: Span = (8, 35)  # seconds from then to the end
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

    def begin(self, call: Call, *, pretend: bool) -> None:
        """The agent has answered. A real person is left to talk in peace."""
        if not pretend:
            self._switch.then(call, ON_PAGE, self.end)
            return
        turns = {
            self.end: 55,
            self._hold: 23,
            self._ask: 12,
            self._to_queue: 4,
            self._to_colleague: 4,
            self._outside: 2,
        }
        (turn,) = self._chance.choices(list(turns), list(turns.values()))
        self._switch.then(call, TALK, turn)

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
        ways = {self._thank: 45, self._hand_over: 30, self._confer: 25}
        (way,) = self._chance.choices(list(ways), list(ways.values()))
        self._switch.then(call, ASIDE, way)

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

    # --- to somebody else ---

    def _to_queue(self, call: Call) -> None:
        if queue := self._queues.other(call.queue):
            self._pass_on(call, queue=queue)
        else:
            self.end(call)

    def _to_colleague(self, call: Call) -> None:
        """A blind transfer: it rings there without a word."""
        if colleague := self._colleagues.free():
            self._pass_on(call, agent=colleague)
        else:
            self.end(call)

    def _outside(self, call: Call) -> None:
        self._pass_on(call, number=OUTSIDE)

    def _pass_on(self, call: Call, **to: int | str) -> None:
        if self._switch.tell(call, "transferred", call.agent, to=to):
            call.agent = None
        else:
            self.end(call)
