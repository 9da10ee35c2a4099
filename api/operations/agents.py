"""Agents: what shows for them, and whether they may receive and place calls."""

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import READ, sight_of
from api.fields import Address, Filter, Name, Named
from api.paging import Page, Paging, page
from api.problems import causes, unknown
from api.shapes.agents import AgentOut, agent_out, state_of, states
from presence import derive, store
from presence.events import CallKind
from presence.models import Agent
from presence.rules import rules_for
from routing import limits
from routing.eligibility import why_not
from routing.models import Interaction, Queue

router = Router(tags=["agents"])


class AgentFilters(Schema):
    team: Annotated[Filter, Field(description="A team's id.")] | None = None
    status: Annotated[Name, Field(description="The code of the status that shows.")] | None = None
    queue: Annotated[Filter, Field(description="The id of a queue that they serve.")] | None = None
    may_receive: bool | None = None
    username: Name | None = None
    address: Annotated[Address, Field(description="A device's address.")] | None = None

    def conditions(self) -> Q:
        wanted = {
            "agent__team": self.team,
            "shown_status": self.status,
            "may_receive": self.may_receive,
            "agent__user__username": self.username,
            "agent__devices__address": self.address,
        }
        found = Q(**{field: value for field, value in wanted.items() if value is not None})
        if self.queue is None:
            return found
        # A subquery: somebody in two tiers of the queue is one agent.
        return found & Q(agent__in=Agent.objects.filter(ring_groups__queue=self.queue))


@router.get("/agents", response=Page[AgentOut], auth=READ)
def list_agents(
    request: HttpRequest, filters: Query[AgentFilters], paging: Query[Paging]
) -> dict[str, Any]:
    """Active agents, oldest first; a filter more leaves fewer of them."""
    seen = limits.agents(sight_of(request), "agent")
    found = states().filter(seen, filters.conditions(), agent__active=True)
    return page(request, found, paging, agent_out)


@router.get("/agents/{key:agent_id}", response=AgentOut, auth=READ)
def get_agent(request: HttpRequest, agent_id: int) -> AgentOut:
    """One agent, active or not."""
    return agent_out(state_of(agent_id, sight_of(request)))


class Availability(Schema):
    """Whether a call may be offered to an agent, and whether they may place one; with every cause
    that stands against it."""

    may_receive: bool
    why_not: list[Named]
    may_place: bool
    why_not_place: list[Named]


class Asked(Schema):
    kind: Literal["queue", "campaign", "direct"] = "queue"
    queue: Annotated[Filter, Field(description="A queue's id: are they in it?")] | None = None
    interaction: Annotated[Filter, Field(description="Did they reject this very call?")] | None = (
        None
    )


@router.get("/agents/{key:agent_id}/availability", response=Availability, auth=READ)
def get_availability(request: HttpRequest, agent_id: int, asked: Query[Asked]) -> dict[str, Any]:
    """May this agent have a call of this kind now? If not, why not?"""
    sight = sight_of(request)
    state = state_of(agent_id, sight)
    queue = interaction = None
    queues = Queue.objects.filter(limits.queues(sight))
    if asked.queue and not (queue := queues.filter(pk=asked.queue).first()):
        raise unknown("queue", asked.queue, "query.queue")
    if asked.interaction and not (
        interaction := Interaction.objects.filter(limits.calls(sight), pk=asked.interaction).first()
    ):
        raise unknown("interaction", asked.interaction, "query.interaction")
    receive = why_not(state, CallKind(asked.kind), queue, interaction)
    place = derive.place_refusals(store.load(state), rules_for(state.agent))
    return {
        "may_receive": not receive,
        "why_not": causes(receive),
        "may_place": not place,
        "why_not_place": causes(place),
    }
