"""What supervisors do to agents: set and cancel modes, end wrap-up, let them out of a queue."""

from dataclasses import replace
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from api.auth import SUPERVISE, Bearer, key_of, sight_of
from api.fields import Id, Moment, Note, Switch
from api.idempotency import Answer, once
from api.problems import Problem, check, not_found
from api.shapes.agents import AgentOut, agent_out, state_of
from audit.words import Action
from presence import choices
from presence.events import CancelPending, Cause, Choice, Choose, LegAction, LegEvent
from presence.models import Agent, Reason
from presence.models.catalogue import ChosenBy
from presence.state import LegState
from presence.supervised import note, seen
from routing import limits, memberships
from routing.actions import apply
from routing.models import Leg, Queue

router = Router(tags=["modes"])


class ModeIn(Schema):
    """`reason` is a label or an id; `note` is free text where no reason is given. `immediate` ends
    wrap-up first."""

    status: Note
    reason: Annotated[Id | Note | None, Field(union_mode="left_to_right")] = None
    note: Note = ""
    immediate: Switch = False
    at: Moment | None = None


@router.put("/agents/{key:agent_id}/mode", response=AgentOut, auth=SUPERVISE)
def set_mode(request: HttpRequest, agent_id: int, mode: ModeIn) -> HttpResponse:
    """Choose a mode for an agent. While they are engaged it waits: see `pending`."""

    def choose() -> int:
        agent, before = state_of(agent_id, sight_of(request)).agent, seen(agent_id)
        event = Choose(
            at=mode.at or timezone.now(),
            source=key_of(request).source,
            choice=_chosen(agent, mode),
            cause=Cause.SUPERVISOR,
            immediate=mode.immediate,
        )
        check(apply(agent_id, event))
        note(Action.SET_MODE, agent, before)
        return agent_id

    return once(request, choose, _agent)


@router.delete("/agents/{key:agent_id}/pending", response=AgentOut, auth=SUPERVISE)
def cancel_pending(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Cancel the mode that waits, if any."""

    def cancel() -> int:
        agent, before = state_of(agent_id, sight_of(request)).agent, seen(agent_id)
        check(apply(agent_id, CancelPending(at=timezone.now(), source=key_of(request).source)))
        note(Action.CANCEL_PENDING, agent, before)
        return agent_id

    return once(request, cancel, _agent)


@router.post(
    "/agents/{key:agent_id}/wrap-up/done",
    response=AgentOut,
    auth=Bearer("supervise", "telephony"),
)
def finish_wrap_up(request: HttpRequest, agent_id: int) -> HttpResponse:
    """End the agent's wrap-up."""

    def finish() -> int:
        agent, before = state_of(agent_id, sight_of(request)).agent, seen(agent_id)
        wrapping = Leg.objects.filter(agent=agent_id, state=LegState.WRAP_UP.value, ended_at=None)
        leg = wrapping.order_by("pk").first()
        if leg is None:
            raise Problem(409, "no_wrap_up", "The agent is not in wrap-up.")
        key = key_of(request)
        event = LegEvent(
            at=timezone.now(),
            source=key.source,
            action=LegAction.WRAP_UP_DONE,
            leg=leg.external_id,
            cause=Cause.SUPERVISOR if key.supervise else Cause.TELEPHONY,
        )
        check(apply(agent_id, event))
        note(Action.END_WRAP_UP, agent, before)
        return agent_id

    return once(request, finish, _agent)


class OptedOutIn(Schema):
    opted_out: Switch


@router.put("/agents/{key:agent_id}/queues/{key:queue_id}", response=AgentOut, auth=SUPERVISE)
def set_opted_out(
    request: HttpRequest, agent_id: int, queue_id: int, wish: OptedOutIn
) -> HttpResponse:
    """Let an agent out of a queue that they serve, or in again."""

    def move() -> int:
        sight = sight_of(request)
        agent = state_of(agent_id, sight).agent
        queue = Queue.objects.filter(limits.queues(sight), pk=queue_id).first()
        if queue is None:
            raise not_found("queue", queue_id)
        if not memberships.opt(agent, queue, out=wish.opted_out):
            raise Problem(409, "not_member", f"{agent.name} does not serve {queue.name}.")
        return agent_id

    return once(request, move, _agent)


def _chosen(agent: Agent, mode: ModeIn) -> Choice:
    choice = choices.choose(agent, mode.status, _reason(mode), ChosenBy.SUPERVISORS)
    return replace(choice, note=mode.note) if mode.note and choice.reason is None else choice


def _reason(mode: ModeIn) -> int | None:
    """The reason's primary key. Raises `ChoiceError` for a label that the status has not."""
    if not isinstance(mode.reason, str) or not mode.reason:
        return mode.reason or None
    found = Reason.objects.filter(status=mode.status, active=True, label__iexact=mode.reason)
    reason = found.values_list("pk", flat=True).first()
    if reason is None:
        sentence = f"{mode.status} has no reason {mode.reason}. GET /statuses lists them."
        raise choices.ChoiceError("unknown_reason", sentence)
    return reason


def _agent(agent_id: int) -> Answer:
    return Answer.of(agent_out(state_of(agent_id)))
