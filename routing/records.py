"""Keeping the record of interactions and legs in step with what the machine decided."""

from collections.abc import Iterable
from datetime import datetime

from presence.actions import Outcome, Result
from presence.decision import LegChange
from presence.events import CallKind, LegAction
from presence.state import LegState
from routing.models import Interaction, Leg


def keep(outcomes: Iterable[Outcome]) -> None:
    """Write what became of each leg. Runs inside the transaction of the decisions."""
    for outcome in outcomes:
        if outcome.result is Result.APPLIED:
            for change in outcome.decision.legs:
                _keep_leg(outcome.agent_id, change)


def _keep_leg(agent_id: int, change: LegChange) -> None:
    leg, since = change.leg, change.leg.since
    row, _ = Leg.objects.get_or_create(
        agent_id=agent_id,
        external_id=leg.id,
        defaults={
            "interaction_id": int(leg.call.interaction),
            "state": leg.state.value,
            "started_at": since,
        },
    )
    row.state = leg.state.value
    if leg.answered and row.answered_at is None:
        row.answered_at = since
        Interaction.objects.filter(pk=row.interaction_id, answered_at=None).update(
            answered_at=since
        )
    if change.ended and not row.outcome:
        row.outcome = change.ended.value
    if leg.state is LegState.ENDED:
        row.ended_at = since
    row.save()
    if change.ended:
        _end_interaction(row.interaction_id, change.ended, since)


def _end_interaction(interaction_id: int, how: LegAction, at: datetime) -> None:
    """An interaction is over when someone hung up, or a call outside queues came to nothing, and
    nobody else is on it. A queue's caller who was not answered still waits."""
    interaction = Interaction.objects.get(pk=interaction_id)
    waits = interaction.kind in (CallKind.QUEUE.value, CallKind.CAMPAIGN.value)
    if interaction.ended_at or (waits and how is not LegAction.HUNG_UP):
        return
    live = interaction.legs.filter(ended_at=None).exclude(state=LegState.WRAP_UP.value)
    if not live.exists():
        interaction.ended_at = max(at, interaction.started_at)
        interaction.save(update_fields=["ended_at"])
