"""How the API shows an agent."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet
from ninja import Schema

from api.fields import Named
from api.problems import not_found
from presence.events import Cause
from presence.models import AgentState, Reason, Status
from presence.state import LegState
from presence.words import ACTIVITY, CAUSE, WHY_NOT
from routing import limits
from routing.models import Leg, Membership
from routing.sight import EVERYTHING, Sight


class TeamOut(Schema):
    id: int
    name: str


class ModeOut(Schema):
    """What was chosen last; it shows unless something covers it."""

    status: Named
    reason: str | None
    since: datetime


class PendingOut(ModeOut):
    """A mode that waits for the call to end, and who asked for it."""

    cause: Named


class AgentLegOut(Schema):
    """The agent's live part in an interaction."""

    leg: str
    interaction: int
    state: LegState
    since: datetime
    queue: str | None
    caller: str


class DeviceOut(Schema):
    kind: str
    address: str
    enabled: bool


class ServedOut(Schema):
    """A queue that the agent serves."""

    id: int
    name: str
    opted_out: bool


class AgentOut(Schema):
    """What shows for an agent, and whether a queue's call may be offered to them.

    `version` grows with every change; `since` restarts only with the status or its reason.
    """

    id: int
    name: str
    username: str
    team: TeamOut | None
    active: bool
    status: Named
    reason: str | None
    since: datetime
    cause: Named
    activity: Named | None
    mode: ModeOut
    pending: PendingOut | None
    may_receive: bool
    why_not: list[Named]
    legs: list[AgentLegOut]
    devices: list[DeviceOut]
    queues: list[ServedOut]
    version: int


def states() -> QuerySet[AgentState]:
    """The states of all enrolled agents, with what an agent is shown by: of the legs those that
    live, of the memberships all."""
    legs = Leg.objects.filter(ended_at=None).order_by("pk").select_related("interaction__queue")
    served = Membership.objects.order_by("ring_group__queue__name").select_related(
        "ring_group__queue"
    )
    return AgentState.objects.select_related(
        "agent__user",
        "agent__team",
        "shown_status",
        "shown_reason",
        "mode",
        "mode_reason",
        "pending",
        "pending_reason",
    ).prefetch_related(
        Prefetch("agent__legs", legs),
        Prefetch("agent__memberships", served),
        "agent__devices",
    )


def state_of(agent_id: int, sight: Sight = EVERYTHING) -> AgentState:
    """The state of one agent. Raises `Problem` where there is none in sight."""
    state = states().filter(limits.agents(sight, "agent"), pk=agent_id).first()
    if state is None:
        raise not_found("agent", agent_id)
    return state


def agent_out(state: AgentState) -> AgentOut:
    """`state` as `states` gives it."""
    agent = state.agent
    return AgentOut(
        id=agent.pk,
        name=agent.name,
        username=agent.user.get_username(),
        team=TeamOut(id=agent.team.pk, name=agent.team.name) if agent.team else None,
        active=agent.active,
        status=_named(state.shown_status),
        reason=_reason(state.shown_reason, state.shown_note),
        since=state.shown_since,
        cause=_cause(state.shown_cause),
        activity=_activity(state.activity),
        mode=ModeOut(
            status=_named(state.mode),
            reason=_reason(state.mode_reason, state.mode_note),
            since=state.mode_since,
        ),
        pending=_pending(state),
        may_receive=state.may_receive,
        why_not=[Named(code=cause.value, label=str(WHY_NOT[cause])) for cause in state.refusals],
        legs=[_leg(leg) for leg in agent.legs.all()],
        devices=[
            DeviceOut(kind=device.kind, address=device.address, enabled=device.enabled)
            for device in agent.devices.all()
        ],
        queues=_queues(list(agent.memberships.all())),
        version=state.version,
    )


def _named(status: Status) -> Named:
    return Named(code=status.code, label=status.label)


def _cause(code: str) -> Named:
    return Named(code=code, label=str(CAUSE[Cause(code)]))


def _activity(code: str) -> Named | None:
    return Named(code=code, label=str(ACTIVITY[LegState(code)])) if code else None


def _reason(reason: Reason | None, note: str) -> str | None:
    return reason.label if reason else note or None


def _pending(state: AgentState) -> PendingOut | None:
    if state.pending is None or state.pending_since is None:
        return None
    return PendingOut(
        status=_named(state.pending),
        reason=_reason(state.pending_reason, state.pending_note),
        since=state.pending_since,
        cause=_cause(state.pending_cause),
    )


def _leg(leg: Leg) -> AgentLegOut:
    call = leg.interaction
    return AgentLegOut(
        leg=leg.external_id,
        interaction=call.pk,
        state=LegState(leg.state),
        since=leg.since,
        queue=call.queue.name if call.queue else None,
        caller=call.caller,
    )


def _queues(served: list[Membership]) -> list[ServedOut]:
    """Each queue once: an agent is out of it who is out of all its tiers."""
    queues = {membership.ring_group.queue for membership in served}
    serving = {each.ring_group.queue for each in served if not each.opted_out}
    return [
        ServedOut(id=queue.pk, name=queue.name, opted_out=queue not in serving)
        for queue in sorted(queues, key=lambda queue: queue.name)
    ]
