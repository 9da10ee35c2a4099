"""Interactions: they are told of when they arrive, and looked up."""

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field, model_validator

from api.auth import READ, TELEPHONY, key_of, sight_of
from api.fields import Address, Caller, Filter, Id, Moment, Name, Priority
from api.idempotency import Answer, once
from api.lookups import direct_number, enrolled, queue_named
from api.paging import Page, Paging, page
from api.shapes.calls import (
    InteractionOut,
    address_of,
    interaction_of,
    interaction_out,
    interactions,
)
from routing import calls, limits
from routing.calls import Origin
from routing.distribution import distribute
from routing.models import Leg
from routing.sight import Sight

router = Router(tags=["interactions"])


class InteractionFilters(Schema):
    open: Annotated[bool, Field(description="Those that have not ended, or have.")] | None = None
    queue: Annotated[Filter, Field(description="The id of the queue last entered.")] | None = None
    agent: Annotated[Filter, Field(description="The id of an agent with a part in it.")] | None = (
        None
    )
    external_id: Address | None = None

    def conditions(self) -> Q:
        wanted = {
            "ended_at__isnull": self.open,
            "queue": self.queue,
            "external_id": self.external_id,
        }
        found = Q(**{field: value for field, value in wanted.items() if value is not None})
        if self.agent is None:
            return found
        # A subquery: somebody with two legs in it has a part in one interaction.
        return found & Q(pk__in=Leg.objects.filter(agent=self.agent).values("interaction"))


@router.get("/interactions", response=Page[InteractionOut], auth=READ)
def list_interactions(
    request: HttpRequest, filters: Query[InteractionFilters], paging: Query[Paging]
) -> dict[str, Any]:
    """Interactions, newest first."""
    found = interactions().filter(limits.calls(sight_of(request)), filters.conditions())
    return page(request, found, paging, interaction_out, newest_first=True)


@router.get("/interactions/{key:interaction_id}", response=InteractionOut, auth=READ)
def get_interaction(request: HttpRequest, interaction_id: int) -> InteractionOut:
    """One interaction with its waits and its legs."""
    return interaction_out(interaction_of(interaction_id, sight_of(request)))


class InteractionIn(Schema):
    """A call that begins: for a `queue` (by name), on an agent's own `number`, or `outbound`, which
    an `agent` places to `called`. Of two that wait, the one of higher `priority` goes first."""

    external_id: Annotated[Address, Field(description="What the telephony system calls it.")]
    queue: Name | None = None
    number: Caller | None = None
    kind: Literal["outbound"] | None = None
    agent: Id | None = None
    called: Caller = ""
    caller: Caller = ""
    priority: Priority = 0
    at: Moment | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "InteractionIn":
        ways = [way for way in (self.queue, self.number, self.agent) if way is not None]
        if len(ways) != 1:
            raise ValueError("Give one of `queue`, `number` and `agent`.")
        if (self.kind is None) != (self.agent is None):
            raise ValueError('An `agent` places a call: give it with `kind` "outbound".')
        return self


@router.post("/interactions", response={201: InteractionOut}, auth=TELEPHONY)
def create_interaction(request: HttpRequest, arrival: InteractionIn) -> HttpResponse:
    """A call begins. The answer shows at whom it rings, where somebody is free."""

    def arrive() -> int:
        key = key_of(request)
        return _arrive(Origin(arrival.at or timezone.now(), key.source), arrival, key.sight)

    return once(request, arrive, _created)


def _arrive(origin: Origin, arrival: InteractionIn, sight: Sight) -> int:
    name = arrival.external_id
    if arrival.queue is not None:
        queue = queue_named(arrival.queue, "body.queue", sight)
        return calls.arrive(origin, name, queue, arrival.caller, arrival.priority).pk
    if arrival.number is not None:
        number = direct_number(arrival.number, "body.number", sight)
        return calls.arrive_direct(origin, name, number, arrival.caller).pk
    agent = enrolled(arrival.agent or 0, "body.agent", sight)
    return calls.dial(origin, name, agent, arrival.called).pk


def _created(interaction_id: int) -> Answer:
    distribute(timezone.now())
    shown = interaction_out(interaction_of(interaction_id))
    return Answer.of(shown, 201, address_of(interaction_id))
