"""The calls that a pretend telephony system has, and what it does with each in a while."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from routing.demo.agenda import Agenda
from routing.demo.line import Line

Span = tuple[float, float]
"""Between how many seconds and how many; chance says."""


@dataclass(eq=False)
class Call:
    """A call under way. `agent` has the customer, `asked` is whom they consult. `ringing` has the
    legs that ring, and whether each does at a pretend phone; a real person's rings on their page.
    `stage` grows as the call moves on, and what was planned before is off."""

    id: int
    queue: str = ""
    agent: int | None = None
    asked: int | None = None
    ringing: dict[str, bool] = field(default_factory=dict)
    stage: int = 0


class Switch:
    """Begins calls, tells what happens to them, and plans what will."""

    def __init__(self, line: Line, agenda: Agenda, chance: random.Random) -> None:
        self._line = line
        self._agenda = agenda
        self._chance = chance
        self.calls: dict[int, Call] = {}

    def begin(self, **arrival: Any) -> Call | None:
        """A call begins; None where Rollcall takes it not."""
        made = self._line.tell("/interactions", {"external_id": uuid.uuid4().hex, **arrival})
        if made is None:
            return None
        call = Call(made["id"], arrival.get("queue", ""), arrival.get("agent"))
        self.calls[call.id] = call
        return call

    def tell(self, call: Call, happening: str, agent: int | None = None, **more: Any) -> bool:
        """Something happens to the call, to this agent's part where one is named; gives whether
        Rollcall took it."""
        body = {"type": happening, **more} | ({"agent": agent} if agent else {})
        return self._line.tell(f"/interactions/{call.id}/events", body) is not None

    def then(self, call: Call, span: Span, step: Callable[[Call], None]) -> None:
        """Do `step` after a while, unless the call has moved on by then."""
        stage = call.stage

        def go_on() -> None:
            if call.id in self.calls and call.stage == stage:
                step(call)

        self._agenda.after(self._chance.uniform(*span), go_on)
