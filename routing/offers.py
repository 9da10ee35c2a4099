"""Offering one waiting call to the best agent who may have it: the one reservation that every
caller gets an agent by, under any number of processes.

It waits for nobody's lock: the call, then the agents, are taken where they are free. So whoever
locks agents first, and the call after them, can never wait for it in turn.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count, QuerySet

from presence import actions as presence
from presence.actions import Result
from presence.events import CallKind, Event, LegAction, LegEvent
from presence.state import LegState, Webphone
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
    # Both are locked: what was read of a row that is not may be older than the lock.
    free = QueueEntry.objects.select_for_update(of=("self", "interaction"), skip_locked=True)
    waiting = free.filter(pk=entry_id, left_at=None, interaction__ended_at=None)
    return waiting.select_related("queue", "interaction").first()


def live_offers(call: Interaction) -> list[Leg]:
    """Where the interaction rings now."""
    return list(_offers(call).select_related("agent", "ring_group"))


def _ringing(call: Interaction) -> set[str | None]:
    """The strategies by which it rings already; None for an agent who is rung by name."""
    return set(_offers(call).values_list("ring_group__strategy", flat=True))


def _offers(call: Interaction) -> QuerySet[Leg]:
    return call.legs.filter(ended_at=None, state=LegState.OFFERED.value)


def _joined(entry: QueueEntry, now: datetime) -> list[RingGroup]:
    """The queue's ring groups that have joined by now, first tier first."""
    groups = list(entry.queue.ring_groups.order_by("tier"))
    waited = (now - entry.entered_at).total_seconds()
    moments = joins([group.next_tier_after for group in groups])
    # The first tier is there from the start, even by a clock that was set back.
    return [group for group, after in zip(groups, moments, strict=True) if after <= max(waited, 0)]


def candidates(
    entry: QueueEntry, groups: Sequence[RingGroup], now: datetime
) -> dict[int, list[Candidate]]:
    """Who may be offered the call, by ring group, each group's in the order of its strategy."""
    members = Membership.objects.filter(
        ring_group__in=groups, opted_out=False, agent__state__may_receive=True
    ).exclude(agent__in=_turned_away(entry.interaction_id))
    if entry.queue.kind == CallKind.CAMPAIGN.value:
        members = members.filter(
            agent__state__webphone__in=[Webphone.CONNECTED.value, Webphone.LOST.value],
            agent__state__microphone_refused=False,
        )
    found: defaultdict[int, list[tuple[int, datetime, int]]] = defaultdict(list)
    fields = ("ring_group_id", "agent_id", "agent__state__ready_since", "priority")
    for group_id, *member in members.values_list(*fields):
        found[group_id].append((member[0], member[1], member[2]))
    return {group.pk: _ranked(group, found[group.pk], now) for group in groups}


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
