"""A random day on a floor where Rollcall decides: everything that may happen to calls and agents,
faults of servers among it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from presence import clock
from presence.events import DeviceKind, NoAnswer, WebphoneConnected, WebphoneLost
from presence.models import Agent
from presence.state import LegState
from routing import actions, calls, reservations, transfers
from routing.calls import CallError
from routing.distribution import Pass, distribute
from routing.models import Destination, DirectNumber, Interaction, Leg, Membership, Queue, RingGroup
from routing.strategies import Strategy
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    make_tier,
    origin,
)

Pick = Callable[[Sequence[Any]], Any]
"""Where chance comes from: one of several."""

GAPS = (0, 0, 0.5, 1, 2, 4, 7, 13)  # seconds between happenings
MODES = (*("available",) * 5, "on_break", "busy", *("offline",) * 3)
TALKING = [
    state.value
    for state in (
        LegState.HANDLING,
        LegState.ON_HOLD,
        LegState.CONSULTING,
        LegState.IN_CONFERENCE,
    )
]
FAULTS = (*("none",) * 6, "skipped", "twice", "no clock")
"""What becomes of the pass after a happening: a process that died left it out, two made it, or
nobody looked at what was due."""


def make_floor(pick: Pick) -> "Floor":
    """Six agents, a queue for each strategy that some of them share, and overflows between them."""
    agents = [make_agent(mode="available") for _ in range(5)]
    agents.append(make_agent(mode="available", connected=False, devices=[DeviceKind.MOBILE]))
    numbers = [
        DirectNumber.objects.create(number=str(a.pk), agent=a, ring_seconds=5) for a in agents
    ]
    floor = Floor(pick, agents, [], numbers)
    for strategy in Strategy:
        floor.queues.append(floor.make_queue(strategy))
    for queue in floor.queues:
        for wait in ("withdrawn", "absent", "max_wait"):
            setattr(queue, f"{wait}_overflow", floor.destination())
        queue.save()
    numbers[0].overflow = floor.destination()
    numbers[0].save()
    return floor


@dataclass
class Floor:
    """What a day needs, and what it met: refusals in words, and faults."""

    pick: Pick
    agents: list[Agent]
    queues: list[Queue]
    numbers: list[DirectNumber]
    now: float = 0
    met: set[str] = field(default_factory=set)

    def make_queue(self, strategy: Strategy) -> Queue:
        pick = self.pick
        queue = make_queue(
            members=self.some_agents(),
            strategy=strategy,
            rollcall=True,
            kind=pick(("queue", "queue", "campaign")),
            ring=pick((4, 9)),
            no_answer=pick((NoAnswer.HOLD, NoAnswer.HOLD_FOR, NoAnswer.BUSY)),
            wrap_up=pick((0, 0, 5, None)),
            cool_down=pick((0, 0, 3)),
            wait_when_withdrawn=pick((None, 0, 6)),
            wait_when_absent=pick((None, 0, 3)),
            max_wait=pick((None, 0, 15, 40)),
        )
        misses: dict[str, Any] = pick(({}, {"max_misses": 2, "misses_then_id": "on_break"}))
        after, back = pick((0, 3, 10)), {"no_answer_seconds": 5}
        queue.ring_groups.update(next_tier_after=after, **back, **misses)
        if pick((True, False)):
            second = {"strategy": pick((strategy, *Strategy)).value, "ring_seconds": 6}
            make_tier(queue, self.some_agents(), 2, **second)
        for member in Membership.objects.filter(ring_group__queue=queue):
            member.priority = pick((1, 1, 2))
            member.save()
        return queue

    def some_agents(self) -> list[Agent]:
        among = self.pick(((True, True, False), (True, False, False)))
        return [agent for agent in self.agents if self.pick(among)]

    def destination(self) -> Destination | None:
        kind = self.pick(("queue", "queue", "number", "voicemail", "hang_up", None))
        if kind is None:
            return None
        queue = self.pick(self.queues) if kind == "queue" else None
        address = kind if kind in ("number", "voicemail") else ""
        return Destination.objects.get_or_create(kind=kind, queue=queue, address=address)[0]

    # --- what may happen -----------------------------------------------------------------------

    def step(self) -> str:
        """Time passes and something happens, sensible or not; gives which fault follows."""
        self.now += self.pick(GAPS)
        try:
            self.pick(HAPPENINGS)(self)
        except CallError as refused:
            self.met.add(refused.code)
        fault: str = self.pick(FAULTS)
        self.met.add(fault)
        return fault

    def look(self) -> None:
        """The clock fires what is due."""
        clock.tick(at(self.now), actions.apply_all)

    def distribute(self) -> Pass:
        return distribute(at(self.now))

    def leg(self, *states: str) -> Leg | None:
        legs = Leg.objects.filter(ended_at=None, state__in=states)
        found = list(legs.select_related("interaction", "agent").order_by("pk"))
        return self.pick(found) if found else None

    def happens(self, action: str, *states: str) -> None:
        if leg := self.leg(*states):
            happen(leg.interaction, leg.agent, action, self.now)

    def arrives(self) -> None:
        call_in(self.pick(self.queues), self.now, priority=self.pick((0, 0, 0, 1)))

    def rings_directly(self) -> None:
        name = f"direct{Interaction.objects.count()}"
        calls.arrive_direct(origin(self.now), name, self.pick(self.numbers))

    def dials(self) -> None:
        name = f"out{Interaction.objects.count()}"
        calls.dial(origin(self.now), name, self.pick(self.agents))

    def reserves(self) -> None:
        known = list(Interaction.objects.order_by("pk").values_list("external_id", flat=True))
        name = self.pick((*known, f"asked{len(known)}"))
        reservations.reserve(origin(self.now), name, self.pick(self.queues))

    def caller_leaves(self) -> None:
        live = list(Interaction.objects.filter(ended_at=None).order_by("pk"))
        if live:
            calls.caller_left(self.pick(live), origin(self.now))

    def consults(self) -> None:
        if leg := self.leg(*TALKING):
            transfers.consult(leg.interaction, leg.agent, self.pick(self.agents), origin(self.now))

    def confers(self) -> None:
        if leg := self.leg("consulting"):
            transfers.confer(leg.interaction, origin(self.now))

    def hands_on(self) -> None:
        if (leg := self.leg(*TALKING, "wrap_up")) is None:
            return
        call, agent, now = leg.interaction, leg.agent, origin(self.now)
        kind = self.pick(("agent", "agent", "queue", "out"))
        if kind == "agent":
            transfers.transfer_to_agent(call, agent, self.pick(self.agents), now)
        elif kind == "queue":
            transfers.transfer_to_queue(call, agent, self.pick(self.queues), now)
        else:
            transfers.transfer_out(call, agent, now)

    def chooses(self) -> None:
        choose(self.pick(self.agents), self.pick(MODES), self.now)

    def comes_back(self) -> None:
        """Who rejected a call takes others again."""
        rejected = Leg.objects.filter(outcome="rejected").select_related("agent").order_by("-pk")
        if leg := rejected.first():
            choose(leg.agent, "available", self.now)

    def page(self) -> None:
        kind = self.pick((WebphoneConnected, WebphoneConnected, WebphoneLost))
        actions.apply(self.pick(self.agents[:5]).pk, kind(at=at(self.now)))

    def opts(self) -> None:
        member = self.pick(list(Membership.objects.order_by("pk")))
        member.opted_out = self.pick((False, False, True))
        member.save()

    def settings_change(self) -> None:
        group = self.pick(list(RingGroup.objects.order_by("pk")))
        group.strategy = self.pick((*Strategy, Strategy.RING_ALL, Strategy.RING_ALL)).value
        group.save()


HAPPENINGS: tuple[Callable[[Floor], None], ...] = (
    *(Floor.arrives,) * 10,
    *(lambda floor: floor.happens("answered", "offered"),) * 7,
    *(lambda floor: floor.happens("hung_up", *TALKING, "dialing"),) * 5,
    *(Floor.chooses,) * 5,
    *(Floor.hands_on,) * 3,
    *(Floor.consults,) * 2,
    *(lambda floor: floor.happens("wrap_up_done", "wrap_up"),) * 2,
    *(Floor.page,) * 2,
    *(Floor.reserves,) * 2,
    *(Floor.caller_leaves,) * 2,
    *(lambda floor: floor.happens("rejected", "offered"),) * 2,
    *(Floor.comes_back,) * 2,
    lambda floor: floor.happens("held", *TALKING),
    lambda floor: floor.happens("held", *TALKING),
    lambda floor: floor.happens("resumed", *TALKING),
    lambda floor: floor.happens("answered", "dialing"),
    Floor.confers,
    Floor.rings_directly,
    Floor.dials,
    Floor.opts,
    Floor.settings_change,
)
