"""Giving waiting calls to agents: one pass over what can be matched now, which any number of
processes may run at any time. What is due is found by columns; agents are looked at only through
the index of those who may receive."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Exists, Min, OuterRef, Q, QuerySet, When

from presence.state import LegState
from presence.writing import write
from routing import interactions, staffing
from routing.models import (
    Connector,
    Distribution,
    Interaction,
    Leg,
    Membership,
    QueueEntry,
    RingGroup,
)
from routing.offers import offer
from routing.strategies import Strategy
from routing.waits import Level, Wait, Waits, expiry, joins, next_join


@dataclass(frozen=True)
class Pass:
    """What a pass did: offers made, callers who overflowed; and when something is due next."""

    offers: int = 0
    overflows: int = 0
    next_due: datetime | None = None


def distribute(now: datetime) -> Pass:
    """Match every caller who waits with whoever may have them, the oldest of the highest priority
    first, and let those overflow whose wait ran out.

    A wait that has run out goes before an agent who is free; a caller who just came is offered to
    somebody before any wait counts.
    """
    if not _open().exists():  # as most often when something changed: nobody waits
        return Pass()
    offers = overflows = 0
    while True:
        came = list(_open().filter(tried=False).values_list("pk", flat=True))
        _look_again(staffing.update(now), now)
        overflowed = _run_waits(_waiting().filter(tried=True, due_at__lte=now), now)
        offers += _match(now)
        overflowed += _run_waits(_open().filter(pk__in=came), now)
        overflows += overflowed
        if not overflowed:  # one who overflowed may be served where they went
            break
    # A tier may join a call that rings; what ran out while it rings waits for the ring's end.
    next_due = (_waiting().filter(due_at__isnull=False) | _open().filter(due_at__gt=now)).order_by(
        "due_at"
    )
    return Pass(offers, overflows, next_due.values_list("due_at", flat=True).first())


def next_due() -> datetime | None:
    """When the next pass has something to do for callers who ring nowhere: for one who is new,
    since they came."""
    due = Min(Case(When(tried=False, then="entered_at"), default="due_at"))
    found: datetime | None = _waiting().aggregate(due=due)["due"]
    return found


def _open() -> QuerySet[QueueEntry]:
    """The waits where Rollcall decides. A caller in a connected system's own queue is that system's
    to give, whatever the queue's settings say."""
    decides = QueueEntry.objects.filter(left_at=None, queue__distribution=Distribution.ROLLCALL)
    return decides.exclude(interaction__source__in=Connector.objects.values("name"))


def _waiting() -> QuerySet[QueueEntry]:
    """Those of them that ring nowhere."""
    return _open().filter(~Exists(_offers()))


def _offers() -> QuerySet[Leg]:
    return Leg.objects.filter(
        interaction=OuterRef("interaction"), ended_at=None, state=LegState.OFFERED.value
    )


# --- matching ----------------------------------------------------------------------------------


def _match(now: datetime) -> int:
    """Offer every call that somebody may have; gives how many offers that made."""
    elsewhere = _offers().exclude(ring_group__strategy=Strategy.RING_ALL.value)
    callers = _open().filter(~Exists(elsewhere))
    order = ("-interaction__priority", "waiting_since", "pk")
    rings_and_is_due = Exists(_offers()) & Q(tried=True, due_at__lte=now)
    found = callers.annotate(late=rings_and_is_due).order_by(*order)
    waiting = list(found.values_list("pk", "queue_id", "entered_at", "late"))
    if not waiting:
        return 0
    queues = {queue_id for _, queue_id, _, _ in waiting}
    tiers = _tiers(queues)
    ready, exact = _ready_groups(queues), True
    total = 0
    for entry_id, queue_id, entered_at, late in waiting:
        if late and _ran_out(entry_id, now):
            continue
        waited = max(now - entered_at, timedelta(0))  # whatever a clock that was set back says
        if any(after <= waited and group in ready for group, after in tiers[queue_id]):
            offered = offer(entry_id, now)
            total += offered
            if not offered and not exact:  # the offers since took those who were ready
                ready = _ready_groups(queues)
            exact = not offered
    return total


def _ran_out(entry_id: int, now: datetime) -> bool:
    """Whether the caller overflows when it rings no more: nobody joins in any more, or it might
    ring for ever."""
    due = _expiry(QueueEntry.objects.select_related("queue__staffing").get(pk=entry_id))
    return due is not None and due[0] <= now


def _tiers(queues: Iterable[int]) -> dict[int, list[tuple[int, timedelta]]]:
    """By queue, its ring groups and how long a caller has waited when each joins."""
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    groups = RingGroup.objects.filter(queue__in=queues).order_by("queue", "tier")
    for queue_id, pk, after in groups.values_list("queue_id", "pk", "next_tier_after"):
        found[queue_id].append((pk, after))
    tiers: defaultdict[int, list[tuple[int, timedelta]]] = defaultdict(list)
    for queue_id, group in found.items():
        moments = joins([after for _, after in group])
        tiers[queue_id] = [
            (pk, timedelta(seconds=after)) for (pk, _), after in zip(group, moments, strict=True)
        ]
    return tiers


def _ready_groups(queues: Iterable[int]) -> set[int]:
    ready = Membership.objects.filter(
        opted_out=False, agent__state__may_receive=True, ring_group__queue__in=queues
    )
    return set(ready.values_list("ring_group_id", flat=True).distinct())


# --- waits -------------------------------------------------------------------------------------


def _run_waits(entries: QuerySet[QueueEntry], now: datetime) -> int:
    """Let those overflow whose wait ran out by `now`, and note when the others' are due next."""
    overflowed = 0
    stay = []
    for entry in entries.select_related("queue__staffing").order_by("due_at", "pk"):
        due = _expiry(entry)
        if due and due[0] <= now and _overflow(entry.pk, now):
            overflowed += 1
        else:
            stay.append(entry.pk)
    _note(stay, now)
    return overflowed


def _look_again(queues: Collection[int], now: datetime) -> None:
    """Note anew when waits are due, after these queues' staffing changed. One that rings will be
    due by it, too."""
    tried = _open().filter(queue__in=queues, tried=True)
    _note(list(tried.values_list("pk", flat=True)), now)


def _note(waits: Collection[int], now: datetime) -> None:
    """Write down when these waits are due next.

    What decides is read under their locks: of two passes at once, one that knows of an older
    staffing never has the last word. They are locked in order, so that neither waits in a circle.
    """
    if not waits:
        return
    with write():
        free = QueueEntry.objects.select_for_update().filter(pk__in=waits, left_at=None)
        held = list(free.order_by("pk").values_list("pk", flat=True))
        entries = list(QueueEntry.objects.filter(pk__in=held).select_related("queue__staffing"))
        for entry in entries:
            entry.due_at, entry.tried = _next_due(entry, now), True
        QueueEntry.objects.bulk_update(entries, ["due_at", "tried"], batch_size=200)


def _next_due(entry: QueueEntry, now: datetime) -> datetime | None:
    """When a wait runs out or a tier joins, whichever is first."""
    tiers = entry.queue.ring_groups.order_by("tier").values_list("next_tier_after", flat=True)
    due, join = _expiry(entry), next_join(list(tiers), entry.entered_at, now)
    return min((moment for moment in (due and due[0], join) if moment), default=None)


def _expiry(entry: QueueEntry) -> tuple[datetime, Wait] | None:
    queue = entry.queue
    waits = Waits(queue.wait_when_withdrawn, queue.wait_when_absent, queue.max_wait)
    level, since = staffing.of(queue) or (Level.STAFFED, entry.entered_at)
    return expiry(waits, entry.entered_at, level, since)


def _overflow(entry_id: int, now: datetime) -> bool:
    """Let the caller overflow, dated when the wait ran out or, if it rang then, when that ended."""
    with write():
        calls = Interaction.objects.select_for_update(skip_locked=True, of=("self",))
        call = calls.filter(entries=entry_id, ended_at=None).first()
        entry = _waiting().filter(pk=entry_id).select_related("queue__staffing").first()
        if call is None or entry is None:
            return False
        due = _expiry(entry)
        if due is None or due[0] > now:
            return False
        at, wait = due
        queue = entry.queue
        to = {
            Wait.WITHDRAWN: queue.withdrawn_overflow,
            Wait.ABSENT: queue.absent_overflow,
            Wait.MAX_WAIT: queue.max_wait_overflow,
        }[wait]
        rang = entry.legs.order_by("-ended_at").values_list("ended_at", flat=True).first()
        interactions.overflow(call, to, max(at, rang or at), wait)
        return True
