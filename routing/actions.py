"""The door for everything that may touch calls: presence decides, the record of interactions and
legs is kept in the same transaction."""

from collections.abc import Sequence

from presence import actions as presence
from presence.actions import Outcome, Result
from presence.events import Event, LegAction, LegEvent
from presence.state import LegState
from presence.writing import write
from routing import records
from routing.models import Leg


def apply(agent_id: int, event: Event) -> Outcome:
    """Apply one event to one agent, and record what became of calls.

    Raises `AgentState.DoesNotExist` for an agent that was never enrolled.
    """
    return apply_all([(agent_id, event)])[0]


def apply_all(events: Sequence[tuple[int, Event]]) -> list[Outcome]:
    """Apply events in one transaction. Where an offer is answered, the other agents' offers of
    the same interaction are withdrawn with it."""
    with write():
        rivals = {
            agent_id: _rivals(agent_id, event)
            for agent_id, event in events
            if isinstance(event, LegEvent) and event.action is LegAction.ANSWERED
        }
        also = {leg.agent_id for legs in rivals.values() for leg in legs}
        if also:
            presence.lock({agent_id for agent_id, _ in events} | also)
        outcomes = presence.apply_all(events)
        withdrawn = [
            (leg.agent_id, _withdrawal(leg, event))
            for (agent_id, event), outcome in zip(events, outcomes, strict=True)
            if outcome.result is Result.APPLIED
            for leg in rivals.get(agent_id, [])
        ]
        others = presence.apply_all(withdrawn) if withdrawn else []
        records.keep([*outcomes, *others])
    return outcomes


def _rivals(agent_id: int, event: LegEvent) -> list[Leg]:
    """The offers of the same interaction that ring at other agents."""
    answered = Leg.objects.filter(agent_id=agent_id, external_id=event.leg)
    return list(
        Leg.objects.filter(
            interaction__in=answered.values("interaction"),
            state=LegState.OFFERED.value,
            ended_at__isnull=True,
        ).exclude(agent_id=agent_id)
    )


def _withdrawal(leg: Leg, answered: Event) -> LegEvent:
    return LegEvent(
        at=answered.at, source="rollcall", action=LegAction.WITHDRAWN, leg=leg.external_id
    )
