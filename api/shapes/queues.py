"""How the API shows a queue and its live figures."""

from datetime import datetime

from ninja import Schema

from presence.events import CallKind
from routing.figures import Figures
from routing.models import Destination, Distribution, RingGroup
from routing.strategies import Strategy


class DestinationOut(Schema):
    """Where a caller goes who overflows."""

    kind: Destination.Kind
    queue: str | None
    address: str


class WaitOut(Schema):
    """A wait in seconds (0: overflow at once; null: no limit), and where it leads."""

    seconds: int | None
    overflow: DestinationOut


class TierOut(Schema):
    """A ring group: how it rings, and after how many seconds the next one joins."""

    tier: int
    strategy: Strategy
    ring_seconds: int
    next_tier_after: int
    wrap_up_seconds: int | None
    cool_down_seconds: int


class TodayOut(Schema):
    """Callers whose wait ended since midnight; `service_level` is a share from 0 to 1."""

    answered: int
    within: int
    abandoned: int
    overflowed: int
    service_level: float | None


class QueueOut(Schema):
    """A queue now. `gap` says that nobody is ready."""

    id: int
    name: str
    kind: CallKind
    distribution: Distribution
    active: bool
    waiting: int
    longest_since: datetime | None
    longest_wait_seconds: float | None
    ready: int
    engaged: int
    withdrawn: int
    absent: int
    gap: bool
    today: TodayOut
    service_level_seconds: int
    service_level_percent: int
    tiers: list[TierOut]
    wait_when_withdrawn: WaitOut
    wait_when_absent: WaitOut
    max_wait: WaitOut


def queue_out(figures: Figures, now: datetime) -> QueueOut:
    queue, people, today = figures.queue, figures.workforce, figures.today
    since = figures.longest_since
    return QueueOut(
        id=queue.pk,
        name=queue.name,
        kind=CallKind(queue.kind),
        distribution=Distribution(queue.distribution),
        active=queue.active,
        waiting=figures.waiting,
        longest_since=since,
        longest_wait_seconds=max((now - since).total_seconds(), 0.0) if since else None,
        ready=people.ready,
        engaged=people.engaged,
        withdrawn=people.withdrawn,
        absent=people.absent,
        gap=figures.gap,
        today=TodayOut(
            answered=today.answered,
            within=today.within,
            abandoned=today.abandoned,
            overflowed=today.overflowed,
            service_level=today.service_level,
        ),
        service_level_seconds=queue.service_level_seconds,
        service_level_percent=queue.service_level_percent,
        tiers=[_tier(group) for group in queue.ring_groups.all()],
        wait_when_withdrawn=_wait(queue.wait_when_withdrawn, queue.withdrawn_overflow),
        wait_when_absent=_wait(queue.wait_when_absent, queue.absent_overflow),
        max_wait=_wait(queue.max_wait, queue.max_wait_overflow),
    )


def _tier(group: RingGroup) -> TierOut:
    return TierOut(
        tier=group.tier,
        strategy=Strategy(group.strategy),
        ring_seconds=group.ring_seconds,
        next_tier_after=group.next_tier_after,
        wrap_up_seconds=group.wrap_up_seconds,
        cool_down_seconds=group.cool_down_seconds,
    )


def _wait(seconds: int | None, to: Destination | None) -> WaitOut:
    if to is None:
        return WaitOut(seconds=seconds, overflow=_hang_up())
    return WaitOut(
        seconds=seconds,
        overflow=DestinationOut(
            kind=Destination.Kind(to.kind),
            queue=to.queue.name if to.queue else None,
            address=to.address,
        ),
    )


def _hang_up() -> DestinationOut:
    return DestinationOut(kind=Destination.Kind.HANG_UP, queue=None, address="")
