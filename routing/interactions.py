"""The life of an interaction: it begins, waits in queues, overflows and ends."""

from datetime import datetime

from django.db import transaction
from prometheus_client import Histogram

from presence import hints
from presence.events import CallKind, LegAction
from routing import announce
from routing.models import (
    Destination,
    EntryOutcome,
    Interaction,
    InteractionOutcome,
    Queue,
    QueueEntry,
)
from routing.waits import Wait

WAITS = Histogram(
    "rollcall_queue_wait_seconds",
    "How long callers waited, by how their wait ended",
    ["queue", "outcome"],
    buckets=(5, 10, 20, 30, 60, 120, 300, 600, 1800),
)


def enter(
    interaction: Interaction, queue: Queue, at: datetime, waiting_since: datetime | None = None
) -> QueueEntry:
    """Let the interaction wait in `queue`. It was waiting before, since `waiting_since`, when it
    overflowed."""
    interaction.queue = queue
    interaction.save(update_fields=["queue"])
    at = max(at, interaction.started_at)
    entry = QueueEntry.objects.create(
        interaction=interaction,
        queue=queue,
        entered_at=at,
        waiting_since=waiting_since or at,
    )
    announce.queued(entry)
    transaction.on_commit(lambda: hints.publish(()))
    return entry


def open_entry(interaction_id: int) -> QueueEntry | None:
    """The wait that the interaction is in."""
    waits = QueueEntry.objects.filter(interaction_id=interaction_id, left_at=None)
    return waits.select_related("queue").first()


def leave(interaction_id: int, outcome: EntryOutcome, at: datetime) -> QueueEntry | None:
    """End the wait that the interaction is in, if any."""
    entry = open_entry(interaction_id)
    if entry:
        entry.left_at, entry.outcome = max(at, entry.entered_at), outcome.value
        entry.due_at = None
        entry.save(update_fields=["left_at", "outcome", "due_at"])
        waited = (entry.left_at - entry.waiting_since).total_seconds()
        told = WAITS.labels(entry.queue.name, outcome.value)
        transaction.on_commit(lambda: told.observe(waited))
        transaction.on_commit(lambda: hints.publish(()))
    return entry


def end(interaction: Interaction, outcome: InteractionOutcome, at: datetime) -> None:
    """The interaction is over; ended is final."""
    if interaction.ended_at:
        return
    interaction.ended_at = max(at, interaction.started_at)
    interaction.outcome = outcome.value
    interaction.save(update_fields=["ended_at", "outcome"])
    announce.ended(interaction, interaction.ended_at)


def caller_left(interaction: Interaction, at: datetime) -> None:
    """The customer is gone, though somebody's phone is still up."""
    if interaction.ended_at or interaction.caller_left_at:
        return
    interaction.caller_left_at = max(at, interaction.started_at)
    interaction.save(update_fields=["caller_left_at"])
    note_alone(interaction, interaction.caller_left_at)
    transaction.on_commit(lambda: hints.publish(()))


def note_alone(interaction: Interaction, at: datetime) -> None:
    """Keep since when an agent has been alone in a call whose caller left."""
    if interaction.caller_left_at is None:
        return
    inside = list(interaction.legs.in_call().values_list("pk", flat=True)[:2])
    alone = inside[0] if len(inside) == 1 else 0
    interaction.legs.in_call().exclude(pk=alone).update(alone_since=None)
    interaction.legs.talking().filter(pk=alone, alone_since=None).update(alone_since=at)


def overflow(
    interaction: Interaction, to: Destination | None, at: datetime, wait: Wait | None
) -> None:
    """Give the caller away: `to` None hangs up, `wait` None is a direct call not answered.

    A queue that they have overflowed from already would lead them round in circles: they are hung
    up.
    """
    entry = leave(interaction.pk, EntryOutcome.OVERFLOWED, at)
    queue = to.queue if to else None
    if queue and entry and _has_been_in(queue, entry):
        to = queue = None
    announce.overflowed(interaction, at, to, wait, entry.queue.name if entry else None)
    if queue:
        enter(interaction, queue, at, entry.waiting_since if entry else None)
    else:
        end(interaction, InteractionOutcome.OVERFLOWED, at)


def _has_been_in(queue: Queue, entry: QueueEntry) -> bool:
    """Whether the caller was in `queue` on the way to `entry`: since they have been waiting, for an
    agent who took the call and transferred it let them begin anew."""
    way = QueueEntry.objects.filter(
        interaction=entry.interaction_id, waiting_since=entry.waiting_since
    )
    return way.filter(queue=queue).exists()


def settle(
    interaction: Interaction, how: LegAction, at: datetime, *, ours: bool, held: bool
) -> None:
    """Decide what becomes of an interaction after a leg of it ended by `how`. `ours` is an offer
    that Rollcall made, `held` a caller on hold. One in a queue whom nobody answered waits on."""
    note_alone(interaction, at)
    if interaction.ended_at or interaction.legs.in_call().exists() or open_entry(interaction.pk):
        return
    waits = interaction.queue_id is not None or interaction.kind in _WAITING_KINDS
    gone = how is LegAction.HUNG_UP or interaction.caller_left_at is not None
    if gone or not (waits or ours):
        end(interaction, _outcome(interaction, how, held), at)
    elif ours and interaction.queue:
        enter(interaction, interaction.queue, at)  # put through to somebody who did not answer
    elif ours:
        number = interaction.direct_number
        overflow(interaction, number.overflow if number else None, at, None)


_WAITING_KINDS = (CallKind.QUEUE.value, CallKind.CAMPAIGN.value)


def _outcome(interaction: Interaction, how: LegAction, held: bool) -> InteractionOutcome:
    if how is LegAction.TRANSFERRED:
        return InteractionOutcome.TRANSFERRED
    if held:
        return InteractionOutcome.ABANDONED_ON_HOLD
    if interaction.answered_at:
        return InteractionOutcome.HANDLED
    if interaction.kind in _WAITING_KINDS:
        return InteractionOutcome.ABANDONED
    return InteractionOutcome.UNANSWERED
