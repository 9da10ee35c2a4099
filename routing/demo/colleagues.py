"""Who works on the floor, as a telephony system learns it from Rollcall."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

PRETEND = "demo/"
"""What the addresses of pretend agents' phones begin with."""


def pretend(devices: Iterable[dict[str, Any]]) -> bool:
    """Whether one of these phones is a pretend one: everybody else's are theirs to answer."""
    return any(device["address"].startswith(PRETEND) for device in devices)


@dataclass
class Colleague:
    """One agent: what shows for them, and whether a queue's call may be offered to them."""

    id: int
    status: str
    may_receive: bool
    pretend: bool


class Colleagues:
    """All agents, kept up to date by the events about them."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._all: dict[int, Colleague] = {}

    def learn(self, agents: Iterable[dict[str, Any]]) -> None:
        """Take agents as the API lists them."""
        for agent in agents:
            self._all[agent["id"]] = Colleague(
                id=agent["id"],
                status=agent["status"]["code"],
                may_receive=agent["may_receive"],
                pretend=pretend(agent["devices"]),
            )

    def note(self, change: dict[str, Any]) -> None:
        """Take what an event `agent.status_changed` says. Who joins later is not learnt."""
        if known := self._all.get(change["agent"]["id"]):
            known.status, known.may_receive = change["status"], change["may_receive"]

    def free(self) -> int | None:
        """Somebody who could be put a call through to, if anybody can."""
        return self._anyone(lambda colleague: colleague.may_receive)

    def placing_calls(self) -> int | None:
        """Somebody who is placing calls and on none now."""
        return self._anyone(lambda colleague: colleague.status == "outgoing")

    def _anyone(self, fits: Callable[[Colleague], bool]) -> int | None:
        found = [each.id for each in self._all.values() if each.pretend and fits(each)]
        return self._chance.choice(found) if found else None
