"""Making what tests of notifications need: news, and what agents want."""

from django.contrib.auth.models import User

from notifications import inboxes, making
from notifications.kinds import Channel, Kind
from notifications.models import Gateway, Notice, Sending
from presence import outbox, sequence
from presence.events import Cause, Choice, Choose
from presence.models import Agent
from presence.outbox import EventType
from routing.actions import apply
from tests.factories import at

ALL = frozenset(Channel)


def want(
    agent: Agent, *channels: Channel, kind: Kind | None = None, number: str = "+34612345678"
) -> None:
    """The agent wants notices of this kind (None: of each) by these channels only."""
    kinds = [kind] if kind else list(Kind)
    chosen = {one.value: [to.value for to in channels] for one in kinds}
    inboxes.choose(agent, off=False, number=number, chosen=chosen)


def supervise(agent: Agent, by: User, seconds: float = 0, status: str = "busy") -> None:
    """A supervisor sets the agent's mode."""
    choice = Choice(status)
    apply(agent.pk, Choose(at=at(seconds), choice=choice, cause=Cause.SUPERVISOR, actor=by.pk))


def miss(agent: Agent, seconds: float = 0, caller: str = "0207") -> None:
    """A call rang at the agent in vain, as the event tells it."""
    data = {
        "agent": outbox.agent(agent),
        "interaction": {"caller": caller, "queue": "Helpdesk"},
    }
    outbox.put(EventType.AGENT_MISSED_CALL, at(seconds), f"agent:{agent.pk}", data)


def take_in(seconds: float = 0) -> None:
    """What a server's threads do: give events their places, and make notices of them."""
    while sequence.sequence():
        pass
    while making.take_in(at(seconds)):
        pass


def kinds(agent: Agent) -> list[str]:
    """What the agent was noted to be told, in order."""
    return list(Notice.objects.filter(agent=agent).order_by("pk").values_list("kind", flat=True))


def sent_by() -> set[str]:
    return set(Sending.objects.values_list("channel", flat=True))


def make_gateway(url: str, channel: Channel = Channel.TEXT) -> Gateway:
    return Gateway.objects.create(url=url, channel=channel.value)
