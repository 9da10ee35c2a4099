"""Asking a telephony system whether an agent is on a call at all, for a supervisor who doubts it
(BEHAVIOURS F10)."""

from datetime import datetime

from presence.models import Agent
from presence.writing import write
from routing import reconcile
from routing.connectors.asterisk.deferred import LINGER
from routing.models import CallCheck, Connector


def ask(agent: Agent, now: datetime, actor: int | None = None) -> list[CallCheck]:
    """Have each connector whose calls the agent is said to be on ask which there are: those that
    its system does not know end. None where no connector is concerned."""
    sources = agent.legs.filter(ended_at=None).values("interaction__source")
    with write():
        return [
            CallCheck.objects.create(connector=one, agent=agent, actor_id=actor, asked_at=now)
            for one in Connector.objects.filter(active=True, name__in=sources)
        ]


class Checks:
    """One connector's: from a supervisor's question to its answer."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._legs: dict[CallCheck, set[int]] = {}

    def new(self) -> bool:
        """Whether something is asked that was not before."""
        checks = CallCheck.objects.filter(connector=self._connector, answered_at=None)
        new = [check for check in checks if check not in self._legs]
        self._legs |= {check: self._live(check) for check in new}
        return bool(new)

    def answer(self, snapshot_at: datetime, now: datetime) -> None:
        """A snapshot at `snapshot_at` told which calls there are, and what it ends has ended."""
        if now - snapshot_at < 2 * LINGER:
            return
        for check, legs in [*self._legs.items()]:
            if check.asked_at < snapshot_at:
                check.answered_at = now
                check.ended = len(legs - self._live(check))
                with write():
                    check.save(update_fields=["answered_at", "ended"])
                del self._legs[check]

    def _live(self, check: CallCheck) -> set[int]:
        live = reconcile.live_legs(self._connector.name)
        return {leg.pk for leg in live if leg.agent_id == check.agent_id}
