"""What happens to calls, as a telephony system tells it and as Rollcall decides: they arrive, ring,
are answered, and hung up."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from presence.actions import Outcome
from presence.decision import Refused
from presence.events import CallKind, Cause, LegAction, LegEvent
from presence.models import Agent
from presence.state import LegState
from presence.writing import write
from routing import actions, interactions
from routing.locking import lock_calls
from routing.models import (
    DirectNumber,
    EntryOutcome,
    Interaction,
    InteractionOutcome,
    Leg,
    Queue,
    RingGroup,
)
from routing.policies import call_for


class CallError(Exception):
    """What was asked cannot be done: `code` for machines, the sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Origin:
    """Who tells of something, and when: `at` is an aware UTC time, `id` is unique in `source` and
    makes the event count once, `actor` is a user's primary key."""

    at: datetime
    source: str
    id: str = ""
    actor: int | None = None


# --- arriving ----------------------------------------------------------------------------------


def arrive(
    origin: Origin, external_id: str, queue: Queue, caller: str = "", priority: int = 0
) -> Interaction:
    """A caller comes into `queue`, to be matched by the next pass of distribution.

    Raises `CallError` for an interaction that is known already, or a queue that takes no calls.
    """
    if not queue.active:
        raise CallError("queue_inactive", f"The queue {queue} is deactivated and takes no calls.")
    with write():
        interaction = _begin_new(origin, external_id, queue, caller, priority)
        interactions.enter(interaction, queue, origin.at)
    return interaction


def arrive_direct(
    origin: Origin, external_id: str, number: DirectNumber, caller: str = ""
) -> Interaction:
    """A call comes in on an agent's own number: it rings there, or overflows at once where the
    agent may not be rung.

    Raises `CallError` for an interaction that is known already, or a number that takes no calls.
    """
    if not number.active:
        raise CallError("number_inactive", f"The number {number} is deactivated.")
    with write():
        interaction = _begin_new(origin, external_id, CallKind.DIRECT, caller)
        interaction.direct_number = number
        interaction.save(update_fields=["direct_number"])
        refused = put_through(interaction, number.agent, origin, number.ring_seconds)
        if refused:
            interactions.overflow(interaction, number.overflow, origin.at, None)
    return interaction


def dial(origin: Origin, external_id: str, agent: Agent, called: str = "") -> Interaction:
    """An agent places a call to `called`. Raises `CallError` where it is known already."""
    with write():
        interaction = _begin_new(origin, external_id, CallKind.OUTBOUND, called)
        check(happen(interaction, agent, LegAction.DIALED, origin))
    return interaction


def begin(
    origin: Origin, external_id: str, into: Queue | CallKind, caller: str = "", priority: int = 0
) -> tuple[Interaction, bool]:
    """The interaction that the telephony system knows by `external_id`, made where it is
    new: for a queue, or of a kind that waits in none. Gives it, and whether it is new."""
    kind = into if isinstance(into, CallKind) else CallKind(into.kind)
    return Interaction.objects.get_or_create(
        source=origin.source,
        external_id=external_id,
        defaults={
            "kind": kind.value,
            "caller": caller,
            "priority": priority,
            "started_at": origin.at,
        },
    )


def _begin_new(
    origin: Origin, external_id: str, into: Queue | CallKind, caller: str, priority: int = 0
) -> Interaction:
    interaction, new = begin(origin, external_id, into, caller, priority)
    if not new:
        raise CallError("already_known", f"There is an interaction {external_id} already.")
    return interaction


# --- one agent's part --------------------------------------------------------------------------


def happen(
    interaction: Interaction,
    agent: Agent,
    action: LegAction,
    origin: Origin,
    cause: Cause = Cause.CALL,
) -> Outcome:
    """Something happened to the agent's part in the interaction: to the live leg, or a new one.

    Raises `CallError` where they never had a part and this begins none.
    """
    with write():
        leg = live_leg(interaction, agent) or _other_leg(interaction, agent, action, origin.at)
        queue = interaction.queue.name if interaction.queue else ""
        group = None if action is LegAction.MONITORED else _group(interaction, agent)
        call = None if leg else call_for(interaction, group, queue=queue)
        event = LegEvent(
            at=origin.at,
            source=origin.source,
            id=origin.id,
            actor=origin.actor,
            action=action,
            leg=leg.external_id if leg else uuid.uuid4().hex,
            call=call,
            cause=cause,
        )
        return actions.apply(agent.pk, event)


_BEGINNINGS = (LegAction.OFFERED, LegAction.DIALED, LegAction.ANSWERED, LegAction.MONITORED)


def live_leg(interaction: Interaction, agent: Agent) -> Leg | None:
    """The agent's part in the interaction, wrap-up too; None where they have none now."""
    return interaction.legs.filter(agent=agent, ended_at=None).order_by("-pk").first()


def _other_leg(
    interaction: Interaction, agent: Agent, action: LegAction, at: datetime
) -> Leg | None:
    """Where none seems live: the part that has just begun, or the one that the agent had, for the
    machine to know what is late; None where a new one begins."""
    (call,) = lock_calls({interaction.pk}, {agent.pk})
    leg = interaction.legs.filter(agent=agent).order_by("-pk").first()
    begins = action in _BEGINNINGS and call.ended_at is None
    if leg and not (begins and _may_follow(leg, action, at)):
        return leg
    if leg and action is LegAction.ANSWERED and _somebody_talks(call):
        return leg  # who answered a moment later than somebody else
    if begins:
        return None
    if call.ended_at:
        raise CallError("interaction_ended", "That interaction has ended.")
    raise CallError("not_possible", f"{agent.name} has no part in that interaction.")


def _may_follow(leg: Leg, action: LegAction, at: datetime) -> bool:
    """Whether `action` can begin another part after `leg`: not while it lives, and an answer from
    before it was hung up is that part's own, and late."""
    if leg.ended_at is None:
        return False
    hung_up = leg.outcome == LegAction.HUNG_UP.value
    return not (hung_up and action is LegAction.ANSWERED and at < leg.ended_at)


def _somebody_talks(call: Interaction) -> bool:
    return call.legs.talking().exists()


def talks(leg: Leg | None) -> bool:
    """Whether the agent is in the call: beyond the ring, and not wrapping it up."""
    return leg is not None and bool(leg.answered_at) and leg.state != LegState.WRAP_UP.value


def _group(interaction: Interaction, agent: Agent) -> RingGroup | None:
    """Whose policies count for this agent's part in the call."""
    groups = RingGroup.objects.filter(queue=interaction.queue_id, members=agent)
    return groups.order_by("tier").first()


def check(outcome: Outcome) -> None:
    """Raises `CallError` where the event was refused."""
    if refused := outcome.decision.refused:
        raise CallError(refused.code, refused.sentence)


def put_through(
    interaction: Interaction, agent: Agent, origin: Origin, ring: int
) -> Refused | None:
    """Ring an agent for a call that is theirs by name; gives why they may not be rung."""
    group = _group(interaction, agent)
    call = call_for(interaction, group, kind=CallKind.DIRECT, ring=ring)
    event = LegEvent(
        at=origin.at,
        source=origin.source,
        id=origin.id,
        actor=origin.actor,
        action=LegAction.OFFERED,
        leg=uuid.uuid4().hex,
        call=call,
        reported=False,
    )
    return actions.apply(agent.pk, event).decision.refused


# --- leaving -----------------------------------------------------------------------------------


def caller_left(interaction: Interaction, origin: Origin, *, ends_call: bool = True) -> None:
    """The customer hung up: the wait and every part in the call end, offers with no penalty. Where
    that `ends_call` not, the phones of those who talk are up until they are told to hang up.

    Raises `CallError` for an interaction that has ended.
    """
    with write():
        (call,) = lock_calls({interaction.pk})
        if call.ended_at:
            raise CallError("interaction_ended", "That interaction has ended.")
        legs = list(call.legs.connected().select_related("agent"))
        waited = interactions.leave(call.pk, EntryOutcome.ABANDONED, origin.at)
        stay = [] if ends_call else [leg for leg in legs if leg.answered_at]
        if not stay:
            interactions.end(call, _left(call, legs, waited is not None), origin.at)
        elif not call.caller_left_at:
            _stay(call, stay, origin)
        for leg in legs:
            if leg in stay:
                continue
            ringing = leg.state == LegState.OFFERED.value
            action = LegAction.WITHDRAWN if ringing else LegAction.HUNG_UP
            happen(call, leg.agent, action, origin)


def _stay(call: Interaction, legs: list[Leg], origin: Origin) -> None:
    """Agents whom the customer left talk to each other, or one to nobody."""
    interactions.caller_left(call, origin.at)
    for leg in legs if len(legs) > 1 else []:
        happen(call, leg.agent, LegAction.RESUMED, origin)


def _left(call: Interaction, legs: Iterable[Leg], waited: bool) -> InteractionOutcome:
    if waited:
        return InteractionOutcome.ABANDONED
    if not call.answered_at:
        return InteractionOutcome.UNANSWERED
    talking = [leg for leg in legs if leg.answered_at]
    if talking and all(leg.state == LegState.ON_HOLD.value for leg in talking):
        return InteractionOutcome.ABANDONED_ON_HOLD
    return InteractionOutcome.HANDLED
