"""Which queue a pretend customer calls: each in its turn, more often where more agents serve it."""

import random
from typing import Any

from routing.demo.line import Line

PER_CALL = 4  # agents who serve a queue for each call of a round


class Queues:
    """The queues that Rollcall distributes, read anew each round: an admin may change them."""

    def __init__(self, line: Line, chance: random.Random) -> None:
        self._line = line
        self._chance = chance
        self._names: list[str] = []
        self._round: list[str] = []

    def next(self) -> str | None:
        """The queue of the next call; None where there is none."""
        if not self._round:
            found = [each for each in self._line.read("/queues") if _distributed(each)]
            self._names = [queue["name"] for queue in found]
            self._round = [queue["name"] for queue in found for _ in range(_calls(queue))]
            self._chance.shuffle(self._round)
        return self._round.pop() if self._round else None

    def other(self, queue: str) -> str | None:
        """Another queue than this one, if there is one."""
        others = [name for name in self._names if name != queue]
        return self._chance.choice(others) if others else None


def _distributed(queue: dict[str, Any]) -> bool:
    return bool(queue["distribution"] == "rollcall")


def _calls(queue: dict[str, Any]) -> int:
    agents: int = sum(queue[kind] for kind in ("ready", "engaged", "withdrawn", "absent"))
    return max(1, agents // PER_CALL)
