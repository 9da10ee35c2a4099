"""Keeping the record of interactions and legs in step with what the machine decided."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from presence.actions import Outcome, Result
from presence.decision import LegChange
from presence.events import LegAction
from presence.state import Leg as LiveLeg
from presence.state import LegState
from presence.statements import Page, Prepared
from routing import announce, interactions
from routing.locking import lock_interactions
from routing.models import EntryOutcome, Interaction, Leg, LegSpan, QueueEntry


def keep(outcomes: Iterable[Outcome]) -> None:
    """Write what became of each leg. Runs inside the transaction of the decisions."""
    changes = [
        (outcome.agent_id, change)
        for outcome in outcomes
        if outcome.result is Result.APPLIED
        for change in outcome.decision.legs
    ]
    # Of two who leave a call at once, the second has to see that nobody is left.
    if ended := {int(change.leg.call.interaction) for _, change in changes if change.ended}:
        lock_interactions(ended)
    for agent_id, change in changes:
        _keep_leg(agent_id, change)


def _keep_leg(agent_id: int, change: LegChange) -> None:
    leg, since = change.leg, change.leg.since
    if leg.state is LegState.OFFERED and leg.offered_by_rollcall:
        _keep_offer(agent_id, leg)
        return
    row = _row(agent_id, leg) or _new_row(agent_id, leg)
    before = row.state
    if before and before != leg.state.value:
        LegSpan(
            leg=row, agent_id=agent_id, state=before, started_at=row.since, ended_at=since
        ).save()
    row.state, row.since = leg.state.value, since
    answered = leg.answered and row.answered_at is None
    if answered:
        row.answered_at = since
    if change.ended and not row.outcome:
        row.outcome = change.ended.value
    if leg.state is LegState.ENDED:
        row.ended_at = since
    row.save(update_fields=_KEPT if row.pk else None)
    if answered:
        _answer(row.interaction, since)
    if leg.offered_by_rollcall:
        _announce(row, before, change)
    if change.ended is LegAction.RING_TIMED_OUT:
        announce.missed(row, since)
    if change.ended and before != LegState.MONITORING.value:
        interactions.settle(
            row.interaction,
            change.ended,
            since,
            ours=leg.offered_by_rollcall and not leg.answered,
            held=before == LegState.ON_HOLD.value,
        )
    elif not before:
        interactions.note_alone(row.interaction, since)


def _keep_offer(agent_id: int, leg: LiveLeg) -> None:
    """Write a new offer and what is told of it, together: offers are what there are most of."""
    row, page = _new_row(agent_id, leg), Page()
    row.state, row.since = leg.state.value, leg.since
    page.add(row)
    page.add(announce.offer_created(row, leg))
    page.write()
    interactions.note_alone(row.interaction, leg.since)


_KEPT = ("state", "since", "answered_at", "outcome", "ended_at")


def _row(agent_id: int, leg: LiveLeg) -> Leg | None:
    if leg.state is LegState.OFFERED:
        return None  # an offer changes only by becoming something else, so this one is new
    legs = Leg.objects.select_related("agent", "interaction__queue")
    return legs.filter(agent_id=agent_id, external_id=leg.id).first()


@Prepared
def _calls(interaction: Sequence[int]) -> QuerySet[Interaction]:
    return Interaction.objects.filter(pk=interaction[0]).select_related("queue")


@Prepared
def _waits(interaction: Sequence[int]) -> QuerySet[QueueEntry, Any]:
    waits = QueueEntry.objects.filter(interaction=interaction[0], left_at=None)
    return waits.values_list("pk")


def _new_row(agent_id: int, leg: LiveLeg) -> Leg:
    number = int(leg.call.interaction)
    interaction, entry = next(_calls.objects(number)), next(iter(_waits.values(number)), [None])[0]
    return Leg(
        agent_id=agent_id,
        external_id=leg.id,
        interaction=interaction,
        entry_id=entry,
        ring_group_id=leg.call.ring_group,
        started_at=leg.since,
    )


def _answer(interaction: Interaction, at: datetime) -> None:
    interactions.leave(interaction.pk, EntryOutcome.ANSWERED, at)
    if interaction.answered_at is None:
        interaction.answered_at = at
        interaction.save(update_fields=["answered_at"])


def _announce(row: Leg, before: str, change: LegChange) -> None:
    leg = change.leg
    if before == LegState.OFFERED.value and leg.answered:
        announce.offer_answered(row, leg.since)
    elif before == LegState.OFFERED.value:
        announce.offer_ended(row, change.ended or LegAction.WITHDRAWN, leg.since)
