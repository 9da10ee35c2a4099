"""The queues that an agent serves, as their own page tells it."""

from dataclasses import dataclass

from presence.models import Agent
from routing.models import Membership, Queue


@dataclass(frozen=True)
class Place:
    """Where an agent stands in a queue: 1 is first for both."""

    tier: int
    priority: int


@dataclass(frozen=True)
class Served:
    """A queue that an agent serves. One who opted out is offered none of its calls."""

    id: int
    name: str
    places: tuple[Place, ...]
    opted_out: bool


def queues(agent: Agent) -> list[Served]:
    """The active queues that `agent` serves, by name."""
    found: dict[Queue, list[Membership]] = {}
    memberships = Membership.objects.filter(agent=agent, ring_group__queue__active=True)
    ordered = memberships.order_by("ring_group__queue__name", "ring_group__tier")
    for membership in ordered.select_related("ring_group__queue"):
        found.setdefault(membership.ring_group.queue, []).append(membership)
    return [_served(queue, mine) for queue, mine in found.items()]


def _served(queue: Queue, mine: list[Membership]) -> Served:
    places = tuple(Place(membership.ring_group.tier, membership.priority) for membership in mine)
    return Served(queue.pk, queue.name, places, all(membership.opted_out for membership in mine))
