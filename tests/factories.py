"""Making what tests need: moments, people, queues and calls."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission, User

from presence import actions, clock
from presence.actions import Outcome
from presence.events import (
    Call,
    CallKind,
    Choice,
    Choose,
    DeviceKind,
    LegAction,
    LegEvent,
    LogIn,
    NoAnswer,
    WebphoneConnected,
)
from presence.models import Agent, AgentState, OutboxEvent, Reason, Team
from presence.state import State
from presence.store import load
from routing import actions as routing
from routing import calls
from routing.calls import Origin
from routing.distribution import Pass, distribute
from routing.models import Distribution, Interaction, Leg, Limit, Membership, Queue, RingGroup
from routing.strategies import Strategy

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The moment that tests begin at: a Monday morning."""

_numbers = count(1)


def at(seconds: float = 0) -> datetime:
    """`seconds` after the test began. Time is moved, not waited for."""
    return START + timedelta(seconds=seconds)


def make_user(username: str = "", *, staff: bool = False, superuser: bool = False) -> User:
    """A user who can log in with the password `secret`."""
    name = username or f"user{next(_numbers)}"
    user = User(username=name, is_staff=staff or superuser, is_superuser=superuser)
    user.set_password("secret")
    user.save()
    return user


def make_team(name: str = "") -> Team:
    return Team.objects.create(name=name or f"Team {next(_numbers)}")


def make_agent(
    name: str = "",
    *,
    mode: str = "offline",
    reason: int | None = None,
    connected: bool = True,
    logged_in: bool = True,
    devices: Iterable[DeviceKind] = (DeviceKind.WEBPHONE,),
    presence: str = "browser",
    login: str = "",
    team: Team | None = None,
    user: User | None = None,
    start: datetime = START,
) -> Agent:
    """An enrolled agent in `mode` since `start`, logged in with a page open unless told otherwise.

    A device is named at the address `kind/username`.
    """
    user = user or make_user()
    agent = Agent.objects.create(
        user=user,
        name=name or user.username.title(),
        team=team,
        presence_policy=presence,
        login_policy=login,
    )
    for kind in devices:
        agent.devices.create(kind=kind.value, address=f"{kind.value}/{user.username}")
    actions.enrol(agent, start, Choice(mode, reason))
    if connected:
        actions.apply(agent.pk, WebphoneConnected(at=start, source="test"))
    if logged_in:
        AgentState.objects.filter(pk=agent.pk).update(logged_in=True)
    return agent


def log_in(agent: Agent, seconds: float = 0) -> None:
    actions.apply(agent.pk, LogIn(at=at(seconds), actor=agent.user_id))


def make_reason(status: str = "on_break", label: str = "Lunch") -> Reason:
    return Reason.objects.get_or_create(status_id=status, label=label)[0]


def state_of(agent: Agent) -> State:
    """The machine's state of `agent`, as the database has it."""
    return load(row_of(agent))


def row_of(agent: Agent) -> AgentState:
    return AgentState.objects.get(agent=agent)


def make_queue(
    name: str = "",
    *,
    members: Iterable[Agent] = (),
    ring: int = 20,
    no_answer: NoAnswer = NoAnswer.HOLD,
    wrap_up: int | None = 0,
    cool_down: int = 0,
    strategy: Strategy = Strategy.LONGEST_IDLE,
    rollcall: bool = False,
    **settings: Any,
) -> Queue:
    """A queue with one ring group of `members`. `rollcall` decides who gets its calls; `settings`
    are further fields of the queue."""
    if rollcall:
        settings["distribution"] = Distribution.ROLLCALL
    queue = Queue.objects.create(name=name or f"queue{next(_numbers)}", **settings)
    make_tier(
        queue,
        members,
        strategy=strategy.value,
        ring_seconds=ring,
        no_answer=no_answer.value,
        wrap_up_seconds=wrap_up,
        cool_down_seconds=cool_down,
    )
    return queue


def make_tier(queue: Queue, members: Iterable[Agent], tier: int = 1, **settings: Any) -> RingGroup:
    """A ring group of `queue`; `settings` are its further fields."""
    group = RingGroup.objects.create(queue=queue, tier=tier, **settings)
    for agent in members:
        Membership.objects.create(ring_group=group, agent=agent)
    return group


def call_in(
    queue: Queue, seconds: float = 0, *, priority: int = 0, caller: str = ""
) -> Interaction:
    """A caller who comes into `queue`, not matched yet."""
    origin = Origin(at(seconds), "pbx")
    return calls.arrive(origin, f"call{next(_numbers)}", queue, caller, priority)


def origin(seconds: float, event_id: str = "") -> Origin:
    """The telephony, telling of something `seconds` after the test began."""
    return Origin(at(seconds), "pbx", event_id)


def happen(
    call: Interaction, agent: Agent, action: LegAction | str, seconds: float, event_id: str = ""
) -> Outcome:
    """Something happened to the agent's part in the call."""
    return calls.happen(call, agent, LegAction(action), origin(seconds, event_id))


def choose(agent: Agent, status: str, seconds: float) -> Outcome:
    """The agent chooses a mode."""
    return routing.apply(agent.pk, Choose(at=at(seconds), choice=Choice(status)))


def opt_out(agent: Agent, queue: Queue, *, out: bool = True) -> None:
    """The agent opts out of `queue`, at no particular time."""
    Membership.objects.filter(agent=agent, ring_group__queue=queue).update(opted_out=out)


def turn(seconds: float) -> Pass:
    """The clock fires what is due, and callers are matched: what a server does all the time."""
    clock.tick(at(seconds), routing.apply_all)
    return distribute(at(seconds))


def told(*, about: str = "") -> list[str]:
    """The types of the events that others are told of, in order; `about` is their subject."""
    events = OutboxEvent.objects.filter(subject=about) if about else OutboxEvent.objects.all()
    return list(events.order_by("pk").values_list("type", flat=True))


def offers_of(interaction: Interaction) -> list[str]:
    """The names of the agents at whom the interaction rings."""
    legs = Leg.objects.filter(interaction=interaction, state="offered", ended_at=None)
    return sorted(legs.values_list("agent__name", flat=True))


def make_interaction(
    external_id: str = "",
    *,
    kind: CallKind = CallKind.QUEUE,
    queue: Queue | None = None,
    caller: str = "",
    seconds: float = 0,
) -> Interaction:
    return Interaction.objects.create(
        source="test",
        external_id=external_id or f"call{next(_numbers)}",
        kind=kind.value,
        queue=queue,
        caller=caller,
        started_at=at(seconds),
    )


def call_of(
    interaction: Interaction,
    *,
    ring: int | None = None,
    no_answer: NoAnswer = NoAnswer.NOTHING,
    hold: int = 0,
    wrap_up: int | None = 0,
    cool_down: int = 0,
) -> Call:
    """What a leg needs to know of `interaction`."""
    return Call(
        interaction=str(interaction.pk),
        kind=CallKind(interaction.kind),
        queue=interaction.queue.name if interaction.queue else "",
        caller=interaction.caller,
        ring=ring,
        no_answer=no_answer,
        no_answer_hold=hold,
        wrap_up=wrap_up,
        cool_down=cool_down,
    )


def leg_event(
    action: LegAction,
    seconds: float = 0,
    *,
    leg: str = "leg",
    call: Call | None = None,
    reported: bool = True,
    source: str = "pbx",
    event_id: str = "",
    actor: int | None = None,
) -> LegEvent:
    """Something that happened to leg `leg`, `seconds` after the test began."""
    return LegEvent(
        at=at(seconds),
        source=source,
        id=event_id,
        actor=actor,
        action=action,
        leg=leg,
        call=call,
        reported=reported,
    )


def supervising() -> list[Permission]:
    """Everything that a supervisor may do."""
    rights = [codename for codename, _ in Agent._meta.permissions] + ["acknowledge_alert"]
    return list(Permission.objects.filter(codename__in=rights))


def keeping_wallboards() -> list[Permission]:
    """Everything that may be done with wallboards."""
    return list(Permission.objects.filter(content_type__model="wallboard"))


def make_limit(
    user: User | None = None, *, teams: Iterable[Team] = (), queues: Iterable[Queue] = ()
) -> Limit:
    """A limit to these teams and queues, which binds `user`."""
    limit = Limit.objects.create(name=f"Limit {next(_numbers)}")
    limit.teams.set(teams)
    limit.queues.set(queues)
    limit.users.set([user] if user else [])
    return limit
