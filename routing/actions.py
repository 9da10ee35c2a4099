"""The door for everything that may touch calls: presence decides, the record of interactions and
legs is kept in the same transaction."""

from collections.abc import Sequence

from django.db import connection

from presence import actions as presence
from presence.actions import Outcome, Result
from presence.events import Event, LegAction, LegEvent
from presence.models import AgentState
from presence.state import LegState
from presence.together import Together
from presence.writing import write
from routing import records
from routing.locking import lock_calls
from routing.models import Leg


def apply(agent_id: int, event: Event) -> Outcome:
    """Apply one event to one agent, and record what became of calls.

    Raises `AgentState.DoesNotExist` for an agent that was never enrolled.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block or isinstance(event, LegEvent):
        return apply_all([(agent_id, event)])[0]
    return _together((agent_id, event))


def apply_all(
    events: Sequence[tuple[int, Event]], rows: dict[int, AgentState] | None = None
) -> list[Outcome]:
    """Apply events in one transaction. Where an offer is answered, the other agents' offers of
    the same interaction are withdrawn with it. `rows` are the agents' own that the caller locked.
    """
    with write():
        answers = [
            (agent_id, event)
            for agent_id, event in events
            if isinstance(event, LegEvent) and event.action is LegAction.ANSWERED
        ]
        if answers:
            calls = {_call(agent_id, event) for agent_id, event in answers}
            lock_calls({call for call in calls if call}, {agent_id for agent_id, _ in events})
        outcomes = presence.apply_all(events, rows)
        taken = {outcome.agent_id for outcome in outcomes if outcome.result is Result.APPLIED}
        withdrawn = [
            (leg.agent_id, _withdrawal(leg, event))
            for agent_id, event in answers
            if agent_id in taken
            for leg in _rivals(agent_id, event)
        ]
        # The answer is recorded first: with it the caller waits no more.
        records.keep(outcomes)
        records.keep(presence.apply_all(withdrawn) if withdrawn else [])
    return outcomes


_together: Together[tuple[int, Event], Outcome] = Together(apply_all)
"""Where there is one writer at a time, those who wait for it are one transaction. What is about a
call stands alone, for it touches others; PostgreSQL commits several at once, and gains nothing."""


def _call(agent_id: int, event: LegEvent) -> int | None:
    """The interaction that is being answered; None where the leg is not known."""
    if event.call:
        return int(event.call.interaction)
    legs = Leg.objects.filter(agent_id=agent_id, external_id=event.leg)
    return legs.values_list("interaction_id", flat=True).first()


def _rivals(agent_id: int, event: LegEvent) -> list[Leg]:
    """The offers of the same interaction that ring at other agents."""
    offers = Leg.objects.filter(
        interaction=_call(agent_id, event), state=LegState.OFFERED.value, ended_at=None
    )
    return list(offers.exclude(agent_id=agent_id))


def _withdrawal(leg: Leg, answered: Event) -> LegEvent:
    return LegEvent(
        at=answered.at, source="rollcall", action=LegAction.WITHDRAWN, leg=leg.external_id
    )
