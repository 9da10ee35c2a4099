"""What happens on the floor in browser tests, done through the same doors as everybody's."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from dashboard.models import Wallboard
from presence.actions import refresh
from presence.events import Cause, Choice, Choose, LegAction, LegEvent, WebphoneConnected
from presence.models import Agent, AgentState, Floor, Status, Team
from routing import calls
from routing.actions import apply
from routing.calls import Origin
from routing.models import Distribution, Interaction, Queue, QueueEntry
from tests import factories


def make_floor() -> None:
    team = factories.make_team("Billing")
    factories.make_reason("on_break", "Lunch")
    agents = [
        factories.make_agent(
            name,
            user=factories.make_user(name.lower()),
            team=team,
            login="restore",
            connected=False,
            logged_in=False,
            start=timezone.now(),
        )
        for name in ("Ada", "Bob")
    ]
    factories.make_queue("Helpdesk", members=agents)
    sam: User = factories.make_user("sam")
    sam.user_permissions.add(*factories.supervising(), *factories.keeping_wallboards())


def call(name: str, *, wrap_up: int | None = 0) -> None:
    """A caller is offered to the agent, who answers."""
    queue = Queue.objects.get()
    interaction = factories.make_interaction(f"{name} {timezone.now()}", queue=queue, caller="0207")
    details = factories.call_of(interaction, wrap_up=wrap_up)
    for action in (LegAction.OFFERED, LegAction.ANSWERED):
        event = LegEvent(at=timezone.now(), action=action, leg="leg", call=details)
        apply(_agent(name), event)


def hang_up(name: str) -> None:
    apply(_agent(name), LegEvent(at=timezone.now(), action=LegAction.HUNG_UP, leg="leg"))


def let_rollcall_decide() -> None:
    Queue.objects.update(distribution=Distribution.ROLLCALL)


def open_queues(number: int, name: str) -> None:
    for at in range(number):
        factories.make_queue(f"{name} {at}")


def call_in(caller: str) -> None:
    """A caller comes into the queue."""
    calls.arrive(Origin(timezone.now(), "pbx"), caller, Queue.objects.get(), caller)


def wait_hours(hours: int) -> None:
    """Let whoever waits have waited so long."""
    QueueEntry.objects.update(waiting_since=timezone.now() - timedelta(hours=hours))


def speak(language: str) -> None:
    """Have every wallboard speak it."""
    Wallboard.objects.update(language=language)


def give_up(caller: str) -> None:
    """The caller hangs up."""
    interaction = Interaction.objects.get(caller=caller)
    calls.caller_left(interaction, Origin(timezone.now(), "pbx"))


def crowd(*names: str) -> None:
    for name in names:
        factories.make_agent(name, start=timezone.now())


def work(name: str, mode: str) -> None:
    """The agent chooses a mode."""
    apply(_agent(name), Choose(at=timezone.now(), choice=Choice(mode), cause=Cause.AGENT))


def show(name: str) -> None:
    """Whatever others see, count the agent as connected."""
    apply(_agent(name), WebphoneConnected(at=timezone.now(), source="test"))


def open_queue(name: str, *members: str) -> None:
    agents = Agent.objects.filter(name__in=members)
    factories.make_queue(name, members=agents)
    refresh([agent.pk for agent in agents])


def wait_long(name: str, long_name: str) -> None:
    """The agent, engaged and with a long name, has chosen something with a long reason."""
    reason = factories.make_reason("on_break", "Training for the new ticket system " * 2)
    call(name)
    chosen = Choice("on_break", reason.pk)
    apply(_agent(name), Choose(at=timezone.now(), choice=chosen, cause=Cause.AGENT))
    agent = _agent(name)
    Agent.objects.filter(pk=agent).update(name=long_name)
    refresh([agent])


def rename_team(old: str, new: str) -> None:
    Team.objects.filter(name=old).update(name=new)
    refresh(Agent.objects.filter(team__name=new).values_list("pk", flat=True))


def age(name: str, seconds: int) -> None:
    """Let what the agent shows have begun so long ago."""
    state = AgentState.objects.get(agent__name=name)
    state.shown_since -= timedelta(seconds=seconds)
    state.version += 1
    state.save()


def let_idle(name: str, seconds: int) -> None:
    """Two idle minutes make whoever is Available Busy, and the agent has been so long already."""
    Status.objects.filter(pk="available").update(idle_seconds=120, after_idle_id="busy")
    AgentState.objects.filter(agent__name=name).update(
        mode_since=timezone.now() - timedelta(seconds=seconds), active_at=None
    )
    refresh([_agent(name)])


def idle_for(name: str) -> float:
    """How many seconds ago there was a sign of the agent."""
    seen = AgentState.objects.get(agent__name=name).active_at
    return (timezone.now() - seen).total_seconds() if seen else 9999


def _agent(name: str) -> int:
    return Agent.objects.get(name=name).pk


def over_long(name: str, seconds: int) -> None:
    """The agent's break has lasted so long, where 900 seconds are too long and 1800 critical."""
    Status.objects.filter(pk="on_break").update(max_seconds=900, critical_seconds=1800)
    if not AgentState.objects.filter(agent__name=name, shown_status="on_break").exists():
        _sit(name)
    AgentState.objects.filter(agent__name=name).update(
        shown_since=timezone.now() - timedelta(seconds=seconds), version=F("version") + 1
    )


def _sit(name: str) -> None:
    """The agent, whose page is not really open and is not missed, takes a break."""
    Floor.objects.update(grace_seconds=600)
    apply(_agent(name), WebphoneConnected(at=timezone.now(), source="test"))
    apply(_agent(name), Choose(at=timezone.now(), choice=Choice("on_break")))


def back(name: str) -> None:
    """The agent is available again."""
    apply(_agent(name), Choose(at=timezone.now(), choice=Choice("available")))


def supervise(name: str, mode: str) -> None:
    """Sam sets the agent's mode."""
    sam = User.objects.get(username="sam").pk
    event = Choose(at=timezone.now(), choice=Choice(mode), cause=Cause.SUPERVISOR, actor=sam)
    apply(_agent(name), event)


def limit(name: str, queue: str) -> None:
    """Let a supervisor see a queue only, and who serves it."""
    user = User.objects.get(username=name)
    factories.make_limit(user, queues=Queue.objects.filter(name=queue))


def lift(name: str) -> None:
    User.objects.get(username=name).limits.clear()


def dismiss(name: str) -> None:
    """Take every right away."""
    User.objects.get(username=name).user_permissions.clear()
