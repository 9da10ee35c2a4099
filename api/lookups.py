"""What a request's body names: each raises `Problem` (422) where none is seen."""

from api.problems import unknown
from presence.models import Agent
from routing import limits
from routing.models import DirectNumber, Queue
from routing.sight import Sight


def enrolled(agent_id: int, field: str, sight: Sight) -> Agent:
    agent = Agent.objects.filter(limits.agents(sight), pk=agent_id, state__isnull=False).first()
    if agent is None:
        raise unknown("agent", agent_id, field)
    return agent


def agent_at(address: str, field: str, sight: Sight) -> Agent:
    """The agent who has a device of this address."""
    enrolled = Agent.objects.filter(limits.agents(sight), state__isnull=False)
    agent = enrolled.filter(devices__address=address).first()
    if agent is None:
        raise unknown("agent", f"at {address}", field)
    return agent


def queue_named(name: str, field: str, sight: Sight) -> Queue:
    queue = Queue.objects.filter(limits.queues(sight), name=name).first()
    if queue is None:
        raise unknown("queue", name, field)
    return queue


def direct_number(number: str, field: str, sight: Sight) -> DirectNumber:
    numbers = DirectNumber.objects.filter(limits.agents(sight, "agent"))
    found = numbers.filter(number=number).select_related("agent", "overflow").first()
    if found is None:
        raise unknown("number", number, field)
    return found
