"""Offering one waiting call to the best agent who may have it: the one reservation that every
caller gets an agent by, under any number of processes.

It waits for nobody's lock: the call, then the agents, are taken where they are free. So whoever
locks agents first, and the call after them, can never wait for it in turn.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from presence import actions as presence
from presence.actions import Result
from presence.events import CallKind, Event, LegAction, LegEvent
from presence.state import LegState, Webphone
from presence.statements import Prepared
from presence.writing import write
from routing import actions
from routing.days import midnight
from routing.models import (
    Interaction,
    Leg,
    Membership,
    QueueEntry,
    RingGroup,
    Turn,
)
from routing.policies import call_for
from routing.strategies import Candidate, Strategy, rank
from routing.waits import joins

_SOURCE = "routing"


def offer(entry_id: int, now: datetime) -> int:
    """Offer the call that waits in `entry_id`; gives to how many agents. 0 where nobody may have it
    now, where it waits no more, and where another process has it in hand."""
    with write():
        entry = _taken(entry_id)
        if entry is None:
            return 0
        groups = _joined(entry, now)
        if ringing := _ringing(entry.interaction):
            # It rings already. Where everybody rings together, one who becomes free joins in.
            if ringing != {Strategy.RING_ALL.value}:
                return 0
            groups = [group for group in groups if _rings_all(group)]
        found = candidates(entry, groups, now)
        return next((n for group in groups if (n := _ring(entry, group, found[group.pk], now))), 0)


def _rings_all(group: RingGroup) -> bool:
    return group.strategy == Strategy.RING_ALL.value


def _taken(entry_id: int) -> QueueEntry | None:
    return next(_free.objects(entry_id), None)


@Prepared
def _free(entry_id: Sequence[int]) -> QuerySet[QueueEntry]:
    # Both are locked: what was read of a row that is not may be older than the lock.
    free = QueueEntry.objects.select_for_update(of=("self", "interaction"), skip_locked=True)
    waiting = free.filter(pk=entry_id[0], left_at=None, interaction__ended_at=None)
    return waiting.select_related("queue", "interaction")


def live_offers(call: Interaction) -> list[Leg]:
    """Where the interaction rings now."""
    return list(_offers(call).select_related("agent", "ring_group"))


def _ringing(call: Interaction) -> set[str | None]:
    """The strategies by which it rings already; None for an agent who is rung by name."""
    return {strategy for (strategy,) in _ring_strategies.values(call.pk)}


@Prepared
def _ring_strategies(call: Sequence[int]) -> QuerySet[Leg, Any]:
    offers = Leg.objects.filter(interaction=call[0], ended_at=None, state=LegState.OFFERED.value)
    return offers.values_list("ring_group__strategy")


def _offers(call: Interaction) -> QuerySet[Leg]:
    return call.legs.filter(ended_at=None, state=LegState.OFFERED.value)


def _joined(entry: QueueEntry, now: datetime) -> list[RingGroup]:
    """The queue's ring groups that have joined by now, first tier first."""
    groups = list(_groups.objects(entry.queue_id))
    waited = (now - entry.entered_at).total_seconds()
    moments = joins([group.next_tier_after for group in groups])
    # The first tier is there from the start, even by a clock that was set back.
    return [group for group, after in zip(groups, moments, strict=True) if after <= max(waited, 0)]


@Prepared
def _groups(queue: Sequence[int]) -> QuerySet[RingGroup]:
    return RingGroup.objects.filter(queue=queue[0]).order_by("tier")


def candidates(
    entry: QueueEntry, groups: Sequence[RingGroup], now: datetime
) -> dict[int, list[Candidate]]:
    """Who may be offered the call, by ring group, each group's in the order of its strategy."""
    if not groups:
        return {}
    query = _by_webphone if entry.queue.kind == CallKind.CAMPAIGN.value else _by_any_device
    members = query.values(entry.interaction_id, *(group.pk for group in groups))
    found: defaultdict[int, list[tuple[int, datetime, int]]] = defaultdict(list)
    for group_id, *member in members:
        found[group_id].append((member[0], member[1], member[2]))
    return {group.pk: _ranked(group, found[group.pk], now) for group in groups}


def _members(call_and_groups: Sequence[int]) -> QuerySet[Membership]:
    call, *groups = call_and_groups
    ready = Membership.objects.filter(
        ring_group__in=groups, opted_out=False, agent__state__may_receive=True
    )
    return ready.exclude(agent__in=_turned_away(call))


_MEMBER = ("ring_group_id", "agent_id", "agent__state__ready_since", "priority")


@Prepared
def _by_any_device(call_and_groups: Sequence[int]) -> QuerySet[Membership, Any]:
    return _members(call_and_groups).values_list(*_MEMBER)


@Prepared
def _by_webphone(call_and_groups: Sequence[int]) -> QuerySet[Membership, Any]:
    there = _members(call_and_groups).filter(
        agent__state__webphone__in=[Webphone.CONNECTED.value, Webphone.LOST.value],
        agent__state__microphone_refused=False,
    )
    return there.values_list(*_MEMBER)


def _turned_away(interaction_id: int) -> QuerySet[Leg, int]:
    """Who rejected this very call: it is theirs no more."""
    rejected = Leg.objects.filter(interaction_id=interaction_id, outcome=LegAction.REJECTED.value)
    return rejected.values_list("agent_id", flat=True)


def _ranked(
    group: RingGroup, members: list[tuple[int, datetime, int]], now: datetime
) -> list[Candidate]:
    strategy = Strategy(group.strategy)
    ids = [agent_id for agent_id, _, _ in members]
    turns = _turns(group) if strategy is Strategy.ROUND_ROBIN else {}
    calls = _calls_today(ids, now) if strategy is Strategy.FEWEST_CALLS else {}
    return rank(
        strategy,
        (
            Candidate(agent_id, ready, priority, turns.get(agent_id), calls.get(agent_id, 0))
            for agent_id, ready, priority in members
        ),
    )


def _turns(group: RingGroup) -> dict[int, datetime]:
    return dict(Turn.objects.filter(ring_group=group).values_list("agent_id", "at"))


def _calls_today(agent_ids: Iterable[int], now: datetime) -> dict[int, int]:
    answered = Leg.objects.filter(agent_id__in=agent_ids, answered_at__gte=midnight(now))
    taken = answered.exclude(interaction__kind=CallKind.OUTBOUND.value)
    return dict(taken.values_list("agent_id").annotate(Count("pk")))


def _ring(entry: QueueEntry, group: RingGroup, found: Sequence[Candidate], now: datetime) -> int:
    """Offer the call to the first of `found` who still may have it, or to all who may."""
    if _rings_all(group):
        return _offer_to(entry, group, [candidate.agent_id for candidate in found], now)
    rung = (_offer_to(entry, group, [candidate.agent_id], now) for candidate in found)
    return next((number for number in rung if number), 0)


def _offer_to(entry: QueueEntry, group: RingGroup, agent_ids: list[int], now: datetime) -> int:
    """The conditional reservation: their rows are locked if free and if they still may receive,
    and the machine has the last word."""
    rows = presence.lock_ready(agent_ids)
    events = [(agent_id, _offered(entry, group, now)) for agent_id in rows]
    outcomes = actions.apply_all(events, rows) if events else []
    rung = [outcome.agent_id for outcome in outcomes if outcome.result is Result.APPLIED]
    if group.strategy == Strategy.ROUND_ROBIN.value:
        for agent_id in rung:
            Turn.objects.update_or_create(ring_group=group, agent_id=agent_id, defaults={"at": now})
    return len(rung)


def _offered(entry: QueueEntry, group: RingGroup, now: datetime) -> Event:
    call = call_for(
        entry.interaction,
        group,
        kind=CallKind(entry.queue.kind),
        queue=entry.queue.name,
        ring=group.ring_seconds,
    )
    return LegEvent(
        at=now,
        source=_SOURCE,
        action=LegAction.OFFERED,
        leg=uuid.uuid4().hex,
        call=call,
        reported=False,
    )
