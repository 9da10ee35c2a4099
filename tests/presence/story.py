"""Telling what happens to agents on the database, one line a happening, with time that is moved."""

from dataclasses import dataclass
from typing import Any

from presence import clock
from presence.actions import Outcome, Result
from presence.events import (
    CallKind,
    Cause,
    Choice,
    Choose,
    DeviceKind,
    DeviceSwitched,
    Event,
    LegAction,
    LogOut,
    PhoneSeen,
)
from presence.models import Agent, AgentState, Interval
from routing import actions
from routing.models import Interaction, Leg
from tests import factories
from tests.factories import at, call_of, row_of


@dataclass
class Story:
    """One agent's, with a call that is named by its leg."""

    agent: Agent

    @property
    def row(self) -> AgentState:
        return row_of(self.agent)

    @property
    def shown(self) -> str:
        return self.row.shown_status_id

    @property
    def why_not(self) -> str:
        """Why a queue call may not be offered now; empty when it may."""
        return self.row.why_not.partition(" ")[0]

    @property
    def history(self) -> list[tuple[str, float]]:
        """What showed for how many seconds, oldest first, without moments of no length."""
        return [
            (i.status_id, (i.ended_at - i.started_at).total_seconds())
            for i in Interval.objects.filter(agent=self.agent)
            if i.ended_at > i.started_at
        ]

    def leg(self, name: str = "leg") -> Leg:
        return Leg.objects.get(agent=self.agent, external_id=name)

    def missed(self) -> int:
        return Leg.objects.filter(agent=self.agent, outcome="ring_timed_out").count()

    def apply(self, event: Event) -> Outcome:
        return actions.apply(self.agent.pk, event)

    def does(self, event: Event) -> Result:
        return self.apply(event).result

    def chooses(
        self, seconds: float, status: str, reason: int | None = None, **parts: Any
    ) -> Result:
        choice = Choice(status, reason)
        return self.does(Choose(at=at(seconds), choice=choice, actor=self.agent.user_id, **parts))

    def told_by(self, boss: int, seconds: float, status: str, **parts: Any) -> Result:
        """A supervisor sets the mode."""
        return self.does(
            Choose(
                at=at(seconds),
                choice=Choice(status),
                cause=Cause.SUPERVISOR,
                actor=boss,
                **parts,
            )
        )

    def logs_out(self, seconds: float) -> Result:
        return self.does(LogOut(at=at(seconds), actor=self.agent.user_id))

    def phone(self, seconds: float, **parts: Any) -> Result:
        return self.does(PhoneSeen(at=at(seconds), source="pbx", **parts))

    def switches(self, seconds: float, device: DeviceKind, on: bool) -> Result:
        return self.does(DeviceSwitched(at=at(seconds), device=device, on=on))

    def gets(
        self,
        seconds: float,
        name: str = "leg",
        *,
        interaction: Interaction | None = None,
        reported: bool = True,
        action: LegAction = LegAction.OFFERED,
        kind: CallKind = CallKind.QUEUE,
        **policies: Any,
    ) -> Result:
        """A call is offered, with its ring group's `policies`."""
        interaction = interaction or factories.make_interaction(kind=kind, seconds=seconds)
        call = call_of(interaction, **policies)
        event = factories.leg_event(action, seconds, leg=name, call=call, reported=reported)
        return self.does(event)

    def dials(self, seconds: float, name: str = "leg", **policies: Any) -> Result:
        return self.gets(seconds, name, action=LegAction.DIALED, kind=CallKind.OUTBOUND, **policies)

    def then(self, seconds: float, action: LegAction, name: str = "leg", **parts: Any) -> Result:
        """Something more happens to a call."""
        return self.does(factories.leg_event(action, seconds, leg=name, **parts))

    def talks(self, seconds: float, name: str = "leg", **policies: Any) -> None:
        """A call is offered and answered in the same moment."""
        self.gets(seconds, name, **policies)
        self.then(seconds, LegAction.ANSWERED, name)


def tick(seconds: float) -> int:
    """The clock looks."""
    return clock.tick(at(seconds), actions.apply_all)
