"""Ending what a telephony system no longer knows: legs, waits and calls whose end was lost."""

from datetime import datetime

from presence.actions import Outcome
from presence.events import LegAction, LegEvent
from presence.state import LegState
from routing import actions, interactions
from routing.models import EntryOutcome, Interaction, InteractionOutcome, Leg, QueueEntry
from routing.reports import Picture


def agree(source: str, picture: Picture, at: datetime) -> list[Outcome]:
    """End everything of `source` that its whole `picture` does not have, as of `at`."""
    outcomes = [end(leg, at) for leg in live_legs(source) if leg.external_id not in picture.legs]
    waiting = QueueEntry.objects.filter(left_at=None, interaction__source=source)
    for entry in waiting.select_related("interaction"):
        if entry.interaction.external_id not in picture.waiting:
            interactions.leave(entry.interaction_id, EntryOutcome.REMOVED, at)
    for call in Interaction.objects.filter(source=source, ended_at=None):
        if call.external_id not in picture.calls | picture.waiting:
            close(call, at)
    return outcomes


def live_legs(source: str) -> list[Leg]:
    """The legs of a system's calls in which an agent rings, talks or listens."""
    live = Leg.objects.connected().filter(interaction__source=source)
    return list(live.select_related("agent", "interaction__queue"))


def end(leg: Leg, at: datetime, actor: int | None = None) -> Outcome:
    """End a leg of which nobody heard the end; `actor` is the user who said that it is over."""
    rings = leg.state == LegState.OFFERED.value
    action = LegAction.WITHDRAWN if rings else LegAction.HUNG_UP
    event = LegEvent(
        at=at, source=leg.interaction.source, actor=actor, action=action, leg=leg.external_id
    )
    outcome = actions.apply(leg.agent_id, event)
    Leg.objects.filter(pk=leg.pk).update(estimated=True)
    return outcome


def close(call: Interaction, at: datetime) -> None:
    """End a call in which nobody is left, unless an agent is."""
    if call.legs.in_call().exists():
        return
    interactions.leave(call.pk, EntryOutcome.REMOVED, at)
    call.refresh_from_db()
    interactions.end(call, _outcome(call), at)


def _outcome(call: Interaction) -> InteractionOutcome:
    if call.legs.filter(outcome=LegAction.TRANSFERRED.value).exists():
        return InteractionOutcome.TRANSFERRED
    return InteractionOutcome.HANDLED if call.answered_at else InteractionOutcome.UNANSWERED
