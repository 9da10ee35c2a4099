"""Who should be offered what, worked out again from the tables alone, and what always holds."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from presence import derive, store
from presence.events import CallKind
from presence.models import AgentState
from presence.rules import RulesReader
from presence.state import LegState
from routing.models import Interaction, Leg, Membership, QueueEntry, RingGroup, Turn

Offer = tuple[int, int]
"""An interaction and an agent at whom it rings."""


@dataclass(frozen=True)
class Member:
    agent: int
    priority: int


class Picture:
    """The floor at one moment: who waits, who rings, who may have what."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        rules = RulesReader()
        rows = list(AgentState.objects.select_related("agent"))
        self.states = {row.agent_id: store.load(row) for row in rows}
        self._may = {
            (row.agent_id, kind): not derive.receive_refusals(
                self.states[row.agent_id], rules(row.agent), kind
            )
            for row in rows
            for kind in (CallKind.QUEUE, CallKind.CAMPAIGN)
        }
        self.legs = list(Leg.objects.select_related("ring_group"))
        self.calls = list(Interaction.objects.all())
        self.rejected = {
            (leg.interaction_id, leg.agent_id) for leg in self.legs if leg.outcome == "rejected"
        }
        self.rings: defaultdict[int, list[Leg]] = defaultdict(list)
        for leg in self.legs:
            if leg.state == LegState.OFFERED.value:
                self.rings[leg.interaction_id].append(leg)
        waits = QueueEntry.objects.filter(left_at=None).select_related("interaction", "queue")
        self.waits = sorted(
            waits, key=lambda wait: (-wait.interaction.priority, wait.waiting_since, wait.pk)
        )
        self._groups: defaultdict[int, list[RingGroup]] = defaultdict(list)
        for group in RingGroup.objects.order_by("tier"):
            self._groups[group.queue_id].append(group)
        self._members: defaultdict[int, list[Member]] = defaultdict(list)
        for member in Membership.objects.filter(opted_out=False):
            self._members[member.ring_group_id].append(Member(member.agent_id, member.priority))

        self._turns: defaultdict[int, dict[int, datetime]] = defaultdict(dict)
        for turn in Turn.objects.all():
            self._turns[turn.ring_group_id][turn.agent_id] = turn.at

    @property
    def offers(self) -> set[Offer]:
        return {(call, leg.agent_id) for call, legs in self.rings.items() for leg in legs}

    def joined(self, wait: QueueEntry) -> list[RingGroup]:
        """The ring groups that ring for this caller by now."""
        found, joins = [], wait.entered_at
        for group in self._groups[wait.queue_id]:
            if joins <= max(self.now, wait.entered_at):
                found.append(group)
            joins += timedelta(seconds=group.next_tier_after)
        return found

    def eligible(self, wait: QueueEntry, group: RingGroup) -> list[Member]:
        return [
            member
            for member in self._free(wait, group)
            if (wait.interaction_id, member.agent) not in self.rejected
        ]

    def _free(self, wait: QueueEntry, group: RingGroup) -> list[Member]:
        kind = CallKind(wait.queue.kind)
        return [member for member in self._members[group.pk] if self._may[member.agent, kind]]

    def spares(self) -> bool:
        """Whether somebody is spared a call only since they rejected it."""
        return any(
            (wait.interaction_id, member.agent) in self.rejected
            for wait in self.waits
            for group in self.joined(wait)
            for member in self._free(wait, group)
        )

    def anybody(self, wait: QueueEntry) -> set[int]:
        """Every agent who may have this caller now."""
        return {
            member.agent for group in self.joined(wait) for member in self.eligible(wait, group)
        }

    def expected(self) -> set[Offer]:
        """What one pass offers, the oldest of the highest priority first."""
        made: set[Offer] = set()
        for wait in self.waits:
            groups = self.joined(wait)
            if ringing := self.rings.get(wait.interaction_id):
                if not all(leg.ring_group and rings_all(leg.ring_group) for leg in ringing):
                    continue
                groups = [group for group in groups if rings_all(group)]
            taken = {agent for _, agent in made}
            for group in groups:
                free = [
                    member for member in self.eligible(wait, group) if member.agent not in taken
                ]
                if free:
                    made |= {(wait.interaction_id, agent) for agent in self._best(group, free)}
                    break
        return made

    def _best(self, group: RingGroup, free: list[Member]) -> Iterable[int]:
        if rings_all(group):
            return [member.agent for member in free]
        return [min(free, key=lambda member: (*self._place(group, member), member.agent)).agent]

    def _place(self, group: RingGroup, member: Member) -> tuple[Any, ...]:
        """What the group's strategy goes by; the smallest is rung."""
        ready = self.states[member.agent].ready_since
        if group.strategy == "priority":
            return (member.priority, ready)
        if group.strategy == "fewest_calls":
            return (self._taken_today(member.agent), ready)
        if group.strategy == "round_robin":
            turns = self._turns[group.pk]
            return (member.agent in turns, turns.get(member.agent))
        return (ready,)

    def _taken_today(self, agent: int) -> int:
        return sum(1 for leg in self.legs if leg.agent_id == agent and leg.answered_at)


def rings_all(group: RingGroup) -> bool:
    return group.strategy == "ring_all"


def check_pass(before: Picture, after: Picture, overflows: int) -> None:
    """What a pass may and must do."""
    made = after.offers - before.offers
    offered = [agent for _, agent in made]
    assert len(offered) == len(set(offered)), "two calls for one agent"
    if not overflows:  # else it has moved callers between queues, and matched them there
        assert made == before.expected()
    for wait in after.waits:
        if wait.interaction_id not in after.rings:
            assert not after.anybody(wait), "a call waits while somebody may have it"
    _check_order(before, made, {wait.pk for wait in after.waits})


def _check_order(before: Picture, made: set[Offer], stayed: set[int]) -> None:
    """Nobody was offered to a caller while one before them, whom they may serve, stays waiting."""
    rung = {call for call, _ in made} | set(before.rings)
    for place, wait in enumerate(before.waits):
        later = {other.interaction_id for other in before.waits[place + 1 :]}
        given = {agent for call, agent in made if call in later}
        if wait.pk in stayed and wait.interaction_id not in rung:
            assert not before.anybody(wait) & given, "a younger caller was preferred"


def check_always(floor: Picture) -> None:
    """What holds after everything that happens, whether or not a pass followed."""
    live: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for leg in floor.legs:
        if leg.ended_at is None:
            live[leg.agent_id][leg.external_id] = leg.state
    for agent, state in floor.states.items():
        assert {leg.id: leg.state.value for leg in state.legs} == live[agent], "record and machine"
        assert list(live[agent].values()).count("offered") <= 1, "two offers at once"
    _check_calls(floor)


def _check_calls(floor: Picture) -> None:
    """No call is lost: each waits, rings, is handled, or has ended with an outcome."""
    waits = {wait.interaction_id for wait in floor.waits}
    held = {
        leg.interaction_id
        for leg in floor.legs
        if leg.ended_at is None and leg.state != LegState.WRAP_UP.value
    }
    for call in floor.calls:
        if call.ended_at:
            assert call.outcome
            assert call.pk not in waits | held, "an ended call goes on"
        else:
            assert call.pk in waits | held, "a call is lost"
