"""Who is there for the queues in which somebody waits: what decides which of their waits runs."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from presence.models.catalogue import Workforce
from presence.writing import write
from routing.models import Distribution, Membership, Queue, QueueEntry, Staffing
from routing.waits import Level

_LIMITED = Q(wait_when_withdrawn__isnull=False) | Q(wait_when_absent__isnull=False)


def update(now: datetime) -> list[int]:
    """Bring the staffing of queues with waiting callers up to date; gives those where it changed,
    by primary key."""
    waiting = QueueEntry.objects.filter(queue=OuterRef("pk"), left_at=None)
    queues = Queue.objects.filter(
        _LIMITED, Exists(waiting), distribution=Distribution.ROLLCALL
    ).select_related("staffing")
    return [queue.pk for queue in queues if _update(queue, now)]


def of(queue: Queue) -> tuple[Level, datetime] | None:
    """The queue's staffing and its since, as it was last brought up to date."""
    kept: Staffing | None = getattr(queue, "staffing", None)
    return (Level(kept.level), kept.since) if kept else None


def level(queue: Queue) -> Level:
    """Who is there now. One who may receive counts as there even where the board says Offline; one
    who opted out of the queue is at most withdrawn."""
    members = Membership.objects.filter(ring_group__queue=queue, agent__active=True)
    serving = members.filter(opted_out=False)
    if _any(serving, Q(agent__state__may_receive=True)) or _any(
        serving, _shown([Workforce.READY, Workforce.ENGAGED])
    ):
        return Level.STAFFED
    if _any(members, ~_shown([Workforce.ABSENT])):
        return Level.WITHDRAWN
    return Level.ABSENT


def counts_as(shown: Workforce, *, may_receive: bool, opted_out: bool) -> Workforce:
    """What a queue counts a member as, by their shown status: one who may receive is ready, even
    where the board says Offline; one who opted out of the queue is at most withdrawn."""
    if opted_out:
        return shown if shown is Workforce.ABSENT else Workforce.WITHDRAWN
    return Workforce.READY if may_receive and shown is Workforce.ABSENT else shown


def _update(queue: Queue, now: datetime) -> bool:
    before, after = of(queue), level(queue)
    if before and before[0] is after:
        return False
    with write():
        Staffing.objects.update_or_create(
            queue=queue, defaults={"level": after.value, "since": now}
        )
    return True


def _any(members: QuerySet[Membership], condition: Q) -> bool:
    return members.filter(condition, agent__state__isnull=False).exists()


def _shown(kinds: Iterable[Workforce]) -> Q:
    return Q(agent__state__shown_status__workforce__in=[kind.value for kind in kinds])
