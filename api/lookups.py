"""What a request's body names: each raises `Problem` (422) where there is no such thing."""

from api.problems import unknown
from presence.models import Agent
from routing.models import DirectNumber, Queue


def enrolled(agent_id: int, field: str) -> Agent:
    agent = Agent.objects.filter(pk=agent_id, state__isnull=False).first()
    if agent is None:
        raise unknown("agent", agent_id, field)
    return agent


def agent_at(address: str, field: str) -> Agent:
    """The agent who has a device of this address."""
    agent = Agent.objects.filter(devices__address=address, state__isnull=False).first()
    if agent is None:
        raise unknown("agent", f"at {address}", field)
    return agent


def queue_named(name: str, field: str) -> Queue:
    queue = Queue.objects.filter(name=name).first()
    if queue is None:
        raise unknown("queue", name, field)
    return queue


def direct_number(number: str, field: str) -> DirectNumber:
    found = DirectNumber.objects.filter(number=number).select_related("agent", "overflow").first()
    if found is None:
        raise unknown("number", number, field)
    return found
