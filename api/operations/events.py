"""What happens to an interaction, as the telephony system tells it."""

from enum import StrEnum
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field, model_validator

from api.auth import TELEPHONY, key_of
from api.fields import Address, Caller, EventId, Id, Moment, Name
from api.idempotency import Answer, once
from api.lookups import agent_at, enrolled, queue_named
from api.models import TakenEvent
from api.problems import Problem, check
from api.shapes.calls import InteractionOut, interaction_of, interaction_out
from presence.events import LegAction
from presence.models import Agent
from routing import calls, transfers
from routing.calls import Origin
from routing.distribution import distribute
from routing.models import Interaction
from routing.sight import Sight

router = Router(tags=["interactions"])


class EventType(StrEnum):
    """What can happen: to an agent's part, or with `caller_left` to the whole."""

    OFFERED = "offered"
    DIALED = "dialed"
    ANSWERED = "answered"
    REJECTED = "rejected"
    RING_TIMED_OUT = "ring_timed_out"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    RESUMED = "resumed"
    CONSULTING = "consulting"
    CONFERENCE = "conference"
    MONITORING = "monitoring"
    TRANSFERRED = "transferred"
    HUNG_UP = "hung_up"
    CALLER_LEFT = "caller_left"
    WRAP_UP_DONE = "wrap_up_done"


_TO_EVERYBODY = (EventType.CONFERENCE, EventType.HUNG_UP, EventType.CALLER_LEFT)


class Target(Schema):
    """Whom a call is put through to: a queue by name, an agent by id or by a device's address, or a
    number that Rollcall does not know."""

    queue: Name | None = None
    agent: Id | None = None
    address: Address | None = None
    number: Caller | None = None

    @model_validator(mode="after")
    def _one(self) -> "Target":
        ways = (self.queue, self.agent, self.address, self.number)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("Give one of `queue`, `agent`, `address` and `number`.")
        return self

    def find_agent(self, sight: Sight) -> Agent | None:
        """The agent that is meant, if any. Raises `Problem` where there is no such agent."""
        if self.agent is not None:
            return enrolled(self.agent, "body.to.agent", sight)
        return None if self.address is None else agent_at(self.address, "body.to.address", sight)


class EventIn(Schema):
    """`agent` (an id) or `address` (a device's) says whose part it happened to; everybody's, where
    it is left out of `conference` and `hung_up`. What is not named here is ignored. `ends_call`
    false tells of a `caller_left` that the agents' phones are still up: each hangs up later."""

    type: EventType
    agent: Id | None = None
    address: Address | None = None
    to: Target | None = None
    ends_call: bool = True
    at: Moment | None = None
    id: Annotated[EventId, Field(description="Unique in your system: it counts once.")] | None = (
        None
    )

    @model_validator(mode="after")
    def _whose(self) -> "EventIn":
        named = self.agent is not None or self.address is not None
        if not named and self.type not in _TO_EVERYBODY:
            raise ValueError(f"Say whose part was {self.type.value}: `agent` or `address`.")
        return self

    def find_agent(self, sight: Sight) -> Agent | None:
        """Whose part it happened to. Raises `Problem` where there is no such agent."""
        if self.agent is not None:
            return enrolled(self.agent, "body.agent", sight)
        return None if self.address is None else agent_at(self.address, "body.address", sight)


@router.post("/interactions/{key:interaction_id}/events", response=InteractionOut, auth=TELEPHONY)
def create_event(request: HttpRequest, interaction_id: int, event: EventIn) -> HttpResponse:
    """Something happened to an interaction. The answer is the interaction as it is now."""

    def take() -> int:
        key = key_of(request)
        source = key.source
        call = interaction_of(interaction_id, key.sight)
        if call.source != source:
            sentence = f"Only keys of the source {call.source} may tell of that interaction."
            raise Problem(403, "other_source", sentence)
        if event.id is None or _is_new(source, event.id):
            origin = Origin(event.at or timezone.now(), source, event.id or "")
            _take(call, event, origin, key.sight)
        return interaction_id

    return once(request, take, _as_it_is)


def _is_new(source: str, event_id: str) -> bool:
    return TakenEvent.objects.get_or_create(source=source, event_id=event_id)[1]


def _take(call: Interaction, event: EventIn, origin: Origin, sight: Sight) -> None:
    agent, kind = event.find_agent(sight), event.type
    if kind is EventType.CONFERENCE:
        transfers.confer(call, origin)
    elif agent is None or kind is EventType.CALLER_LEFT:
        calls.caller_left(call, origin, ends_call=event.ends_call)
    elif kind is EventType.CONSULTING and event.to:
        _consult(call, agent, event.to, origin, sight)
    elif kind is EventType.TRANSFERRED:
        _transfer(call, agent, event.to, origin, sight)
    else:
        check(calls.happen(call, agent, _ACTIONS[kind], origin))


_ACTIONS = {
    EventType.OFFERED: LegAction.OFFERED,
    EventType.DIALED: LegAction.DIALED,
    EventType.ANSWERED: LegAction.ANSWERED,
    EventType.REJECTED: LegAction.REJECTED,
    EventType.RING_TIMED_OUT: LegAction.RING_TIMED_OUT,
    EventType.WITHDRAWN: LegAction.WITHDRAWN,
    EventType.HELD: LegAction.HELD,
    EventType.RESUMED: LegAction.RESUMED,
    EventType.CONSULTING: LegAction.CONSULTED,
    EventType.MONITORING: LegAction.MONITORED,
    EventType.HUNG_UP: LegAction.HUNG_UP,
    EventType.WRAP_UP_DONE: LegAction.WRAP_UP_DONE,
}
"""What each does to one agent's part, where nobody else is concerned."""


def _consult(call: Interaction, agent: Agent, to: Target, origin: Origin, sight: Sight) -> None:
    if target := to.find_agent(sight):
        transfers.consult(call, agent, target, origin)
    else:  # somebody whom Rollcall does not know
        check(calls.happen(call, agent, LegAction.CONSULTED, origin))


def _transfer(
    call: Interaction, agent: Agent, to: Target | None, origin: Origin, sight: Sight
) -> None:
    if to and to.queue is not None:
        queue = queue_named(to.queue, "body.to.queue", sight)
        transfers.transfer_to_queue(call, agent, queue, origin)
    elif to and (target := to.find_agent(sight)):
        transfers.transfer_to_agent(call, agent, target, origin)
    else:
        transfers.transfer_out(call, agent, origin)


def _as_it_is(interaction_id: int) -> Answer:
    distribute(timezone.now())
    return Answer.of(interaction_out(interaction_of(interaction_id)))
