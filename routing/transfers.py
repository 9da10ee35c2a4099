"""Several agents in one call: consultation, conference, and handing the caller on."""

from presence.events import LegAction
from presence.models import Agent
from presence.state import LegState
from presence.writing import write
from routing import interactions
from routing.calls import CallError, Origin, check, happen, live_leg, put_through, talks
from routing.locking import lock_calls
from routing.models import Interaction, InteractionOutcome, Queue

RING = 20
"""Seconds that a call rings at an agent to whom somebody puts it through."""


def consult(interaction: Interaction, agent: Agent, target: Agent, origin: Origin) -> None:
    """`agent` asks `target` about the call: it rings there while the customer waits.

    Raises `CallError` where either may not; then nothing has changed.
    """
    with write():
        lock_calls({interaction.pk}, {agent.pk, target.pk})
        check(happen(interaction, agent, LegAction.CONSULTED, origin))
        _ring_or_raise(interaction, target, origin)


def confer(interaction: Interaction, origin: Origin) -> None:
    """Everybody who talks in the interaction talks together."""
    with write():
        lock_calls({interaction.pk})
        legs = interaction.legs.talking().select_related("agent")
        if not legs:
            raise CallError("not_possible", "Nobody talks in that interaction.")
        for leg in legs:
            happen(interaction, leg.agent, LegAction.CONFERENCED, origin)


def transfer_to_queue(interaction: Interaction, agent: Agent, queue: Queue, origin: Origin) -> None:
    """`agent` leaves, and the caller waits in `queue`. Raises `CallError` where they may not."""
    if not queue.active:
        raise CallError("queue_inactive", f"The queue {queue} is deactivated and takes no calls.")
    with write():
        (call,) = lock_calls({interaction.pk}, {agent.pk})
        _check_talks(call, agent)
        if interactions.open_entry(call.pk):
            raise CallError("already_waiting", f"That caller waits in {call.queue} already.")
        interactions.enter(call, queue, origin.at)  # first, for a call that nobody has ends
        check(happen(call, agent, LegAction.TRANSFERRED, origin))


def transfer_to_agent(
    interaction: Interaction, agent: Agent, target: Agent, origin: Origin
) -> None:
    """`agent` leaves, and `target` has the caller: at once where they talk already (attended), else
    it rings there (blind). Raises `CallError` where either may not; then nothing has changed."""
    with write():
        (call,) = lock_calls({interaction.pk}, {agent.pk, target.pk})
        _check_talks(call, agent)
        if target == agent:
            raise CallError("not_possible", f"{agent.name} has that call already.")
        theirs = live_leg(call, target)
        attended = talks(theirs)
        if theirs is None or theirs.state == LegState.WRAP_UP.value:
            _ring_or_raise(call, target, origin)
        check(happen(call, agent, LegAction.TRANSFERRED, origin))
        if attended:
            happen(call, target, LegAction.RESUMED, origin)


def transfer_out(interaction: Interaction, agent: Agent, origin: Origin) -> None:
    """`agent` leaves, and the caller goes to somebody whom Rollcall does not know.

    Raises `CallError` where they may not."""
    with write():
        (call,) = lock_calls({interaction.pk}, {agent.pk})
        _check_talks(call, agent)
        check(happen(call, agent, LegAction.TRANSFERRED, origin))
        if not call.legs.in_call().exists():
            call.refresh_from_db()
            interactions.end(call, InteractionOutcome.TRANSFERRED, origin.at)


def _check_talks(call: Interaction, agent: Agent) -> None:
    if call.caller_left_at:
        raise CallError("caller_left", "The caller has left; there is nobody to transfer.")
    if not talks(live_leg(call, agent)):
        raise CallError("not_possible", f"{agent.name} does not talk in that interaction.")


def _ring_or_raise(interaction: Interaction, target: Agent, origin: Origin) -> None:
    if refused := put_through(interaction, target, origin, RING):
        raise CallError(refused.code, f"{target.name}: {refused.sentence}")
