"""The database holds the invariants, by name: each constraint, and an attempt to break it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from presence.models import (
    Agent,
    AgentState,
    Connection,
    Device,
    Floor,
    Interval,
    PendingMode,
    Reason,
    Server,
    Status,
    Transition,
)
from routing.models import (
    Claim,
    Connector,
    Destination,
    DirectNumber,
    Interaction,
    Leg,
    LegSpan,
    Limit,
    Membership,
    Queue,
    QueueEntry,
    RingGroup,
    Turn,
    Unmatched,
)
from tests.factories import (
    at,
    call_of,
    leg_event,
    make_agent,
    make_interaction,
    make_queue,
    make_team,
    make_user,
)
from tests.factories import make_reason as reason
from tests.presence.story import Story

pytestmark = pytest.mark.django_db

BREAK: dict[str, Callable[[Agent], object]] = {}
"""By the constraint's name, what tries to break it. It gets an agent on a call, once Busy."""


def breaks(name: str) -> Callable[[Callable[[Agent], object]], Callable[[Agent], object]]:
    def keep(attempt: Callable[[Agent], object]) -> Callable[[Agent], object]:
        BREAK[name] = attempt
        return attempt

    return keep


def _update(
    name: str, rows: Callable[[Agent], "models.QuerySet[models.Model]"], **values: object
) -> None:
    BREAK[name] = lambda agent: rows(agent).update(**values)


def _state(agent: Agent) -> "models.QuerySet[AgentState]":
    return AgentState.objects.filter(agent=agent)


def _idle(agent: Agent) -> "models.QuerySet[AgentState]":
    return AgentState.objects.filter(agent=make_agent(mode="available"))


def _intervals(agent: Agent) -> "models.QuerySet[Interval]":
    return Interval.objects.filter(agent=agent)


def _copy(row: models.Model, **changes: object) -> None:
    """Insert `row` once more, under another primary key."""
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()


_update(
    "status_system_not_selectable", lambda _: Status.objects.filter(pk="ringing"), selectable=True
)
_update("status_built_in_active", lambda _: Status.objects.filter(pk="busy"), active=False)
_update("status_maximum_positive", lambda _: Status.objects.filter(pk="busy"), max_seconds=0)
_update(
    "status_critical_after_maximum",
    lambda _: Status.objects.filter(pk="busy"),
    max_seconds=60,
    critical_seconds=60,
)
_update("status_idle_whole", lambda _: Status.objects.filter(pk="busy"), idle_seconds=600)
_update("floor_grace_positive", lambda _: Floor.objects.all(), grace_seconds=0)
_update("state_pending_whole", _state, pending="busy")
_update("state_pending_needs_a_leg", _state, pending="busy", pending_since=at(9), legs=[])
_update("state_engaged_gets_no_offer", _state, may_receive=True, ready_since=at(9), why_not="")
_update("state_ready_has_since", _idle, ready_since=None)
_update("state_since_not_ahead", _state, shown_since=at(99))
_update("ring_group_rings", lambda _: RingGroup.objects.all(), ring_seconds=0)
_update("ring_group_misses_whole", lambda _: RingGroup.objects.all(), misses_then="on_break")
_update("queue_service_level_percent", lambda _: Queue.objects.all(), service_level_percent=101)
_update(
    "interaction_runs_forward",
    lambda _: Interaction.objects.all(),
    ended_at=at(-9),
    outcome="handled",
)
_update("interaction_outcome_at_end", lambda _: Interaction.objects.all(), ended_at=at(50))
_update("leg_ended_is_final", lambda _: Leg.objects.all(), ended_at=at(50))


@breaks("state_pending_stops_offers")
def _(agent: Agent) -> object:
    waiting = {"pending": "busy", "pending_since": at(9), "legs": [{}]}
    return _state(agent).update(may_receive=True, ready_since=at(9), why_not="", **waiting)


@breaks("floor_is_one_row")
def _(_agent: Agent) -> object:
    return Floor.objects.create(id=2)


@breaks("interval_runs_forward")
def _(agent: Agent) -> None:
    interval = _intervals(agent)[0]
    _copy(interval, version=999, ended_at=at(-99))


@breaks("reason_once_per_status")
def _(_agent: Agent) -> object:
    return Reason.objects.create(status=reason(label="Lunch").status, label="LUNCH")


@breaks("device_once_per_kind")
def _(agent: Agent) -> object:
    return agent.devices.create(kind="webphone")


@breaks("device_address_once")
def _(agent: Agent) -> object:
    taken = agent.devices.get().address
    return Device.objects.create(agent=make_agent(), kind="sip", address=taken)


@breaks("connection_once_per_server")
def _(agent: Agent) -> object:
    server = Server.objects.create(expires_at=at(9))
    Connection.objects.create(server=server, agent=agent)
    return Connection.objects.create(server=server, agent=agent)


@breaks("interval_once")
def _(agent: Agent) -> None:
    _copy(_intervals(agent)[0])


def _pending(agent: Agent, ended: float = 9) -> PendingMode:
    return PendingMode.objects.create(
        agent=agent,
        version=999,
        status_id="busy",
        started_at=at(5),
        ended_at=at(ended),
        cause="agent",
        end="applied",
    )


@breaks("pending_mode_once")
def _(agent: Agent) -> None:
    _copy(_pending(agent))


@breaks("pending_mode_runs_forward")
def _(agent: Agent) -> None:
    _pending(agent, ended=1)


@breaks("transition_once")
def _(agent: Agent) -> None:
    _copy(Transition.objects.filter(agent=agent)[0])


@breaks("event_once")
def _(agent: Agent) -> None:
    told = Transition.objects.get(agent=agent, event_id="77")
    _copy(told, version=999)


@breaks("ring_group_once_per_tier")
def _(_agent: Agent) -> object:
    return RingGroup.objects.create(queue=RingGroup.objects.get().queue, tier=1)


@breaks("membership_once")
def _(agent: Agent) -> object:
    return Membership.objects.create(ring_group=RingGroup.objects.get(), agent=agent)


@breaks("unmatched_once")
def _(_agent: Agent) -> None:
    connector = Connector.objects.create(name="pbx")
    seen = {"kind": "queue", "name": "sales", "first_at": at(1), "last_at": at(1)}
    _copy(Unmatched.objects.create(connector=connector, **seen))


@breaks("claim_once")
def _(agent: Agent) -> None:
    connector = Connector.objects.create(name="pbx")
    _copy(Claim.objects.create(connector=connector, device=agent.devices.get()))


@breaks("queue_name_once")
def _(_agent: Agent) -> object:
    return Queue.objects.create(name=Queue.objects.get().name.upper())


@breaks("team_name_once")
def _(_agent: Agent) -> object:
    return [make_team("Blue"), make_team("blue")]


@breaks("limit_name_once")
def _(_agent: Agent) -> object:
    return [Limit.objects.create(name="Blue"), Limit.objects.create(name="blue")]


@breaks("destination_whole")
def _(_agent: Agent) -> object:
    return Destination.objects.create(kind="queue", address="200")


@breaks("destination_once")
def _(_agent: Agent) -> object:
    Destination.objects.create(kind="voicemail", address="200")
    return Destination.objects.create(kind="voicemail", address="200")


@breaks("direct_number_rings")
def _(agent: Agent) -> object:
    return DirectNumber.objects.create(number="100", agent=agent, ring_seconds=0)


@breaks("turn_once")
def _(agent: Agent) -> object:
    turn = {"ring_group": RingGroup.objects.get(), "agent": agent}
    Turn.objects.create(at=at(1), **turn)
    return Turn.objects.create(at=at(2), **turn)


@breaks("entry_one_open")
def _(_agent: Agent) -> object:
    _wait()
    return _wait()


@breaks("entry_runs_forward")
def _(_agent: Agent) -> object:
    return _wait(left_at=at(8), outcome="abandoned")


@breaks("entry_outcome_at_end")
def _(_agent: Agent) -> object:
    return _wait(left_at=at(10))


def _wait(**ended: Any) -> QueueEntry:
    call = Interaction.objects.get()
    since = {"entered_at": at(9), "waiting_since": at(9)}
    return QueueEntry.objects.create(interaction=call, queue=Queue.objects.get(), **since, **ended)


@breaks("leg_span_runs_forward")
def _(_agent: Agent) -> None:
    span = {"state": "offered", "started_at": at(9), "ended_at": at(8)}
    leg = Leg.objects.get()
    LegSpan(leg=leg, agent=leg.agent, **span).save()


@breaks("interaction_once")
def _(_agent: Agent) -> None:
    _copy(Interaction.objects.get())


@breaks("leg_once")
def _(_agent: Agent) -> None:
    _copy(Leg.objects.get())


CONSTRAINTS = {
    constraint.name: (model, constraint)
    for label in ("presence", "routing")
    for model in apps.get_app_config(label).get_models()
    for constraint in model._meta.constraints
}


def test_every_constraint_has_an_attempt_to_break_it() -> None:
    assert BREAK.keys() == CONSTRAINTS.keys()


@pytest.fixture
def busy_day() -> Agent:
    """An agent of a queue who is on a call of it, after a moment of history."""
    agent = make_agent(mode="available")
    queue = make_queue(members=[agent])
    story = Story(agent)
    story.chooses(5, "busy")
    call = make_interaction(queue=queue)
    story.does(leg_event("answered", 7, call=call_of(call), event_id="77"))  # type: ignore[arg-type]
    return agent


def _says(error: IntegrityError, name: str) -> bool:
    """Whether the database blames this constraint. SQLite names a unique one by its columns."""
    model, constraint = CONSTRAINTS[name]
    if name == "state_pending_stops_offers":  # nothing breaks it alone, and databases differ
        return "state_" in str(error)
    if name in str(error) or connection.vendor != "sqlite":
        return name in str(error)
    assert isinstance(constraint, models.UniqueConstraint)
    assert not constraint.expressions  # one of those is named by its index
    columns = {f"{model._meta.db_table}.{f.column}": f.name for f in model._meta.concrete_fields}
    _, _, blamed = str(error).partition(": ")
    return {columns.get(column) for column in blamed.split(", ")} == set(constraint.fields)


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_it_whoever_asks(name: str, busy_day: Agent) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BREAK[name](busy_day)
    assert _says(error.value, name), error.value


@pytest.mark.parametrize("rows", [Interval, Transition])
def test_history_is_only_inserted_however_it_is_asked(
    rows: type[Interval] | type[Transition], busy_day: Agent
) -> None:
    with pytest.raises(TypeError, match="only inserted"):
        rows.objects.filter(agent=busy_day).update(version=1)
    with pytest.raises(TypeError, match="never deleted"):
        rows.objects.filter(agent=busy_day).delete()
    with pytest.raises(models.ProtectedError):
        busy_day.delete()


def test_a_user_who_is_deleted_leaves_history_without_their_name(busy_day: Agent) -> None:
    boss = make_user()
    Story(busy_day).told_by(boss.pk, 20, "busy")
    boss.delete()
    assert Transition.objects.filter(agent=busy_day).latest("version").actor is None
