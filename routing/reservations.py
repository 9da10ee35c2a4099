"""Reserving the next agent for a telephony system that rings by itself and asks whom."""

from datetime import datetime

from presence.writing import write
from routing import interactions
from routing.calls import CallError, Origin, begin
from routing.distribution import distribute
from routing.models import Distribution, Interaction, Leg, Queue
from routing.offers import live_offers, offer


def reserve(
    origin: Origin, external_id: str, queue: Queue, caller: str = "", priority: int = 0
) -> tuple[Interaction, list[Leg]]:
    """Reserve the best agent of `queue` for a caller, or all of them where everybody is rung.

    Gives the interaction and the offers that ring: those it had already when it is asked again,
    none where nobody may have the call now; then the caller waits, to be asked for later. Raises
    `CallError` where the interaction has ended or is being handled, or the queue takes no calls.
    """
    call = ask(origin, external_id, queue, caller, priority)
    return call, ring(call, origin.at)


def ask(
    origin: Origin, external_id: str, queue: Queue, caller: str = "", priority: int = 0
) -> Interaction:
    """The first half of `reserve`: the caller waits. Raises as that does."""
    if not queue.active:
        raise CallError("queue_inactive", f"The queue {queue} is deactivated and takes no calls.")
    with write():
        call, _ = begin(origin, external_id, queue, caller, priority)
        if call.ended_at:
            raise CallError("interaction_ended", "That interaction has ended.")
        if interactions.open_entry(call.pk) is None:
            if call.answered_at:
                raise CallError("already_handled", "Somebody has answered that interaction.")
            interactions.enter(call, queue, origin.at)
    return call


def ring(call: Interaction, now: datetime) -> list[Leg]:
    """The second half: whoever may have the caller is rung. It passes over what others have locked,
    so it belongs in no transaction that has locks."""
    entry = interactions.open_entry(call.pk)
    if entry and entry.queue.distribution == Distribution.ROLLCALL:
        distribute(now)  # those who wait longer go first
    elif entry:
        offer(entry.pk, now)
    return live_offers(call)
