"""Who is rung for a queue in the past, tier by tier."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from routing.demo.past.staff import Worker
from routing.models import Queue, RingGroup
from routing.waits import joins


@dataclass(frozen=True)
class Tier:
    """A ring group, after how many seconds of a wait it joins, and its members with priorities."""

    group: RingGroup
    joins: int
    members: tuple[tuple[int, Worker], ...]


def read(queue: Queue, staff: Iterable[Worker]) -> list[Tier]:
    """The queue's tiers in order."""
    workers = {worker.id: worker for worker in staff}
    groups = list(queue.ring_groups.order_by("tier"))
    after = joins([group.next_tier_after for group in groups])
    return [
        Tier(group, seconds, _members(group, workers))
        for group, seconds in zip(groups, after, strict=True)
    ]


def _members(group: RingGroup, workers: Mapping[int, Worker]) -> tuple[tuple[int, Worker], ...]:
    found = group.memberships.filter(opted_out=False).order_by("pk")
    return tuple((priority, workers[pk]) for priority, pk in found.values_list("priority", "agent"))
