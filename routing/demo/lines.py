"""The demo floor's queues and direct numbers, with settings that differ so that each shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from presence.events import CallKind, NoAnswer
from presence.models import Agent
from routing.models import (
    Destination,
    DirectNumber,
    Distribution,
    Membership,
    Queue,
    RingGroup,
)
from routing.strategies import Strategy

Teams = Mapping[str, Sequence[Agent]]
"""The floor's agents in order, by the name of their team."""


@dataclass(frozen=True)
class Tier:
    """A ring group: which members of which team, and its settings."""

    team: str
    members: slice
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A queue. `overflows` says where each of its waits leads: a queue is given by its name, which
    stands above, a voicemail box or a number by its address."""

    name: str
    tiers: Sequence[Tier]
    settings: Mapping[str, Any]
    overflows: Mapping[str, tuple[Destination.Kind, str]] = field(default_factory=dict)


_ALL, _FIRST, _SECOND = slice(None), slice(0, 5), slice(5, 10)
_FEW, _MOST = slice(6, 10), slice(3, 10)
_FOR_A_WHILE = {"no_answer": NoAnswer.HOLD_FOR.value, "no_answer_seconds": 30}
_QUEUE, _VOICEMAIL, _NUMBER = (
    Destination.Kind.QUEUE,
    Destination.Kind.VOICEMAIL,
    Destination.Kind.NUMBER,
)

LINES = (
    Line(
        "Service",
        [
            Tier(
                "Customer Care",
                _ALL,
                {
                    "strategy": Strategy.PRIORITY.value,
                    "next_tier_after": 20,
                    "ring_seconds": 15,
                    "wrap_up_seconds": 20,
                    "cool_down_seconds": 3,
                },
            ),
            Tier("Technical Support", _FIRST, {"ring_seconds": 15, **_FOR_A_WHILE}),
        ],
        {"wait_when_withdrawn": 60, "wait_when_absent": 0, "max_wait": 180},
        {
            "withdrawn_overflow": (_VOICEMAIL, "service"),
            "absent_overflow": (_VOICEMAIL, "service"),
            "max_wait_overflow": (_NUMBER, "+44 20 7946 0900"),
        },
    ),
    Line(
        "Billing",
        [
            Tier(
                "Customer Care",
                _FIRST,
                {
                    "strategy": Strategy.FEWEST_CALLS.value,
                    "next_tier_after": 10,
                    "ring_seconds": 15,
                    "wrap_up_seconds": 30,
                },
            ),
            Tier("Sales", _SECOND, {"ring_seconds": 15, "wrap_up_seconds": 30, **_FOR_A_WHILE}),
        ],
        {"service_level_seconds": 30, "wait_when_withdrawn": 60, "max_wait": 90},
        {
            "withdrawn_overflow": (_VOICEMAIL, "billing"),
            "max_wait_overflow": (_QUEUE, "Service"),
        },
    ),
    Line(
        "New customers",
        [
            Tier(
                "Sales",
                _ALL,
                {
                    "strategy": Strategy.LONGEST_IDLE.value,
                    "ring_seconds": 12,
                    "wrap_up_seconds": 15,
                    "cool_down_seconds": 5,
                    **_FOR_A_WHILE,
                },
            )
        ],
        {"wait_when_withdrawn": 45},
        {"withdrawn_overflow": (_QUEUE, "Service")},
    ),
    Line(
        "Technical",
        [
            Tier(
                "Technical Support",
                _FIRST,
                {
                    "strategy": Strategy.ROUND_ROBIN.value,
                    "next_tier_after": 15,
                    "ring_seconds": 15,
                    "wrap_up_seconds": 30,
                    "max_misses": 2,
                    "misses_then_id": "busy",
                    **_FOR_A_WHILE,
                },
            ),
            Tier(
                "Technical Support",
                _SECOND,
                {"ring_seconds": 15, "wrap_up_seconds": 30, **_FOR_A_WHILE},
            ),
        ],
        {"service_level_seconds": 30, "wait_when_withdrawn": 60, "max_wait": 120},
        {
            "withdrawn_overflow": (_VOICEMAIL, "technical"),
            "max_wait_overflow": (_QUEUE, "Service"),
        },
    ),
    Line(
        "Outages",
        [
            Tier(
                "Technical Support",
                _FEW,
                {"strategy": Strategy.RING_ALL.value, "ring_seconds": 20, **_FOR_A_WHILE},
            )
        ],
        {"service_level_seconds": 15, "service_level_percent": 90, "max_wait": 60},
        {"max_wait_overflow": (_QUEUE, "Technical")},
    ),
    Line(
        "Renewals campaign",
        [
            Tier(
                "Sales",
                _MOST,
                {"ring_seconds": 10, "wrap_up_seconds": None, **_FOR_A_WHILE},
            )
        ],
        {"kind": CallKind.CAMPAIGN.value, "service_level_seconds": 15, "max_wait": 40},
    ),
)

NUMBERS = {
    "+44 20 7946 0801": ("Sales", (_VOICEMAIL, "sales")),
    "+44 20 7946 0802": ("Technical Support", (_QUEUE, "Technical")),
}
"""Direct numbers: whose team's first agent has it, and where it leads when not answered."""


def build(teams: Teams) -> None:
    """Make the queues and numbers that are not there. One of that name that the telephony
    distributes, as an older demo's did, is made what it is here."""
    for line in LINES:
        queue, made = Queue.objects.get_or_create(name=line.name)
        if made or queue.distribution == Distribution.TELEPHONY:
            _set_up(queue, line, teams)
    for number, (team, to) in NUMBERS.items():
        defaults = {"agent": teams[team][0], "overflow": _destination(*to)}
        DirectNumber.objects.get_or_create(number=number, defaults=defaults)


def _set_up(queue: Queue, line: Line, teams: Teams) -> None:
    queue.distribution = Distribution.ROLLCALL
    for field_name, value in line.settings.items():
        setattr(queue, field_name, value)
    for field_name, to in line.overflows.items():
        setattr(queue, field_name, _destination(*to))
    queue.save()
    for position, tier in enumerate(line.tiers, start=1):
        group, _ = RingGroup.objects.update_or_create(
            queue=queue, tier=position, defaults=dict(tier.settings)
        )
        group.memberships.all().delete()
        # The first of each team is rung first where priority counts.
        Membership.objects.bulk_create(
            Membership(
                ring_group=group, agent=agent, priority=1 if agent == teams[tier.team][0] else 2
            )
            for agent in teams[tier.team][tier.members]
        )


def _destination(kind: Destination.Kind, target: str) -> Destination:
    queue = Queue.objects.get(name=target) if kind is _QUEUE else None
    address = "" if queue else target
    return Destination.objects.get_or_create(kind=kind.value, queue=queue, address=address)[0]
