"""A contact centre for the routing benchmark: agents in 50 queues, made in bulk, and their callers.

Every agent serves one of the 50 queues, evenly, and the sparse queue besides, which shows what
members cost who are not eligible.
"""

import copy
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from presence import actions
from presence.events import Choice, DeviceKind, LegAction
from presence.models import Agent, AgentState, Device
from presence.state import LegState, PresencePolicy
from routing.models import (
    Distribution,
    EntryOutcome,
    Interaction,
    Leg,
    Membership,
    Queue,
    QueueEntry,
    RingGroup,
)

QUEUES = 50
SPARSE = "Sparse"
ELIGIBLE = 20
"""How many agents of the sparse queue may receive."""


def make_queues() -> None:
    """Make the queues, none of which has an agent yet."""
    for name in (*(f"Queue {number}" for number in range(QUEUES)), SPARSE):
        RingGroup.objects.create(
            queue=Queue.objects.create(name=name, distribution=Distribution.ROLLCALL)
        )


def grow(agents: int) -> None:
    """Bring the floor to so many agents, all Available, some idle for longer than others."""
    numbers = range(Agent.objects.count(), agents)
    users = User.objects.bulk_create(User(username=f"agent{number}") for number in numbers)
    policy = PresencePolicy.TELEPHONY.value
    people = Agent.objects.bulk_create(
        Agent(user=user, name=user.username, presence_policy=policy) for user in users
    )
    sip = DeviceKind.SIP.value
    Device.objects.bulk_create(Device(agent=a, kind=sip, address=f"SIP/{a.name}") for a in people)
    first, *others = people
    row = actions.enrol(first, mode=Choice("available"), telephony_logged_in=True)
    AgentState.objects.bulk_create(copies(row, others))
    groups = list(RingGroup.objects.order_by("queue"))
    Membership.objects.bulk_create(
        Membership(ring_group=group, agent=agent)
        for number, agent in zip(numbers, people, strict=True)
        for group in (groups[number % QUEUES], groups[QUEUES])
    )


def copies(row: AgentState, agents: Iterable[Agent]) -> Iterable[AgentState]:
    """The same state for others, each ready a moment earlier than the one before."""
    for place, agent in enumerate(agents, 1):
        other = copy.copy(row)
        other.agent, other.ready_since = agent, row.at - timedelta(milliseconds=place)
        yield other


def withdraw_all_but_a_few() -> None:
    """Leave the sparse queue its eligible agents, and nobody else on the floor."""
    few = AgentState.objects.order_by("agent").values_list("agent")[:ELIGIBLE]
    others = AgentState.objects.exclude(agent__in=list(few.values_list("agent_id", flat=True)))
    others.update(
        mode="on_break",
        shown_status="on_break",
        may_receive=False,
        why_not="mode",
        ready_since=None,
    )


def restore_all() -> None:
    """Make everybody Available again."""
    _ready(AgentState.objects.filter(may_receive=False))


def call_in(queues: Iterable[Queue]) -> list[int]:
    """A caller for each of `queues`; gives their waits by primary key."""
    now = timezone.now()
    calls = Interaction.objects.bulk_create(
        Interaction(
            source="bench",
            external_id=uuid.uuid4().hex,
            kind=queue.kind,
            queue=queue,
            started_at=now,
        )
        for queue in queues
    )
    entries = QueueEntry.objects.bulk_create(
        QueueEntry(interaction=call, queue=call.queue, entered_at=now, waiting_since=now)
        for call in calls
    )
    return [entry.pk for entry in entries]


def clear() -> None:
    """End every call, and have those who ringed ready again."""
    now = timezone.now()
    _ready(AgentState.objects.exclude(legs=[]))
    Leg.objects.filter(ended_at=None).update(
        state=LegState.ENDED.value, ended_at=now, outcome=LegAction.WITHDRAWN.value
    )
    QueueEntry.objects.filter(left_at=None).update(left_at=now, outcome=EntryOutcome.ABANDONED)


def _ready(states: QuerySet[AgentState]) -> None:
    states.update(
        mode="available",
        shown_status="available",
        legs=[],
        deadline_at=None,
        may_receive=True,
        why_not="",
        ready_since=timezone.now(),
    )
