"""Opting out of a queue and back in."""

from presence import actions
from presence.models import Agent
from presence.writing import write
from routing.models import Membership, Queue


def opt(agent: Agent, queue: Queue, *, out: bool, actor: int | None = None) -> bool:
    """Let the agent out of `queue`, or in again, in every tier of it; gives whether they are a
    member at all. The boards read them anew."""
    with write():
        mine = list(Membership.objects.filter(agent=agent, ring_group__queue=queue))
        for membership in mine:
            membership.opted_out = out
            membership.save(update_fields=["opted_out"])
        if not mine:
            return False
        actions.refresh([agent.pk], actor)
    return True
