"""The one door: locked, decided, saved, recorded; one after the other, however many knock."""

import random
import threading
from contextlib import closing
from itertools import pairwise

import pytest
from django.db import connection

from presence import actions
from presence.actions import Result
from presence.events import Choice, Choose, DeviceKind, DeviceSwitched, LegAction, WebphoneLost
from presence.models import Agent, AgentState, Floor, Interval, Transition
from tests.factories import at, call_of, leg_event, make_agent, make_interaction, make_user, row_of

pytestmark = pytest.mark.django_db

MODES = ("available", "busy", "on_break", "do_not_disturb", "back_office", "outgoing", "offline")


def _choose(
    status: str, seconds: float = 5, event_id: str = "", actor: int | None = None
) -> Choose:
    return Choose(at=at(seconds), id=event_id, actor=actor, choice=Choice(status))


def test_an_agent_who_was_never_enrolled_has_no_state(db: None) -> None:
    agent = Agent.objects.create(user=make_user(), name="New")
    with pytest.raises(AgentState.DoesNotExist):
        actions.apply(agent.pk, _choose("busy"))


def test_enrolling_gives_a_state_and_a_webphone_and_does_so_once(db: None) -> None:
    agent = Agent.objects.create(user=make_user(), name="New")
    row = actions.enrol(agent, at(0))
    assert (row.shown_status_id, row.devices, row.version) == ("offline", ["webphone"], 1)
    actions.apply(agent.pk, _choose("busy"))
    assert actions.enrol(agent, at(9), Choice("available")).mode_id == "busy"
    assert agent.devices.count() == 1


def test_an_applied_event_raises_the_version_and_is_told_by_whom(ada: Agent) -> None:
    before, boss = row_of(ada), make_user()
    outcome = actions.apply(ada.pk, _choose("busy", event_id="1", actor=boss.pk))
    told = Transition.objects.get(agent=ada, version=before.version + 1)
    assert (outcome.result, row_of(ada).version) == (Result.APPLIED, told.version)
    assert (told.event, told.actor, told.event_id, told.at) == ("Choose", boss, "1", at(5))
    assert told.details["choice"] == {"status": "busy", "reason": None, "note": ""}


def test_an_event_that_changes_nothing_writes_nothing(ada: Agent) -> None:
    before = row_of(ada)
    assert actions.apply(ada.pk, _choose("available", 60)).result is Result.UNCHANGED
    refused = actions.apply(ada.pk, leg_event(LegAction.HELD, 60))
    assert refused.result is Result.REFUSED
    assert row_of(ada).__dict__.keys() == before.__dict__.keys()
    assert (row_of(ada).version, row_of(ada).at) == (before.version, before.at)


def test_several_events_of_one_agent_are_applied_in_their_order(ada: Agent) -> None:
    events = [(ada.pk, _choose(mode)) for mode in ("busy", "on_break", "offline")]
    assert [o.result for o in actions.apply_all(events)] == [Result.APPLIED] * 3
    assert row_of(ada).mode_id == "offline"
    assert Transition.objects.filter(agent=ada, event="Choose").count() == 3


def test_the_same_event_twice_in_one_transaction_counts_once(ada: Agent) -> None:
    event = _choose("busy", event_id="7")
    results = [o.result for o in actions.apply_all([(ada.pk, event), (ada.pk, event)])]
    assert results == [Result.APPLIED, Result.DUPLICATE]


def test_refreshing_derives_anew_and_tells_boards_of_everyone(ada: Agent, bob: Agent) -> None:
    versions = row_of(ada).version, row_of(bob).version
    ada.devices.update(enabled=False)
    actions.refresh([ada.pk, bob.pk])
    assert row_of(ada).shown_status_id == "outbound_only"
    assert row_of(bob).shown_status_id == "available"
    assert (row_of(ada).version, row_of(bob).version) == (versions[0] + 1, versions[1] + 1)


def test_a_presence_policy_changed_by_an_admin_counts_after_a_refresh(ada: Agent) -> None:
    Agent.objects.filter(pk=ada.pk).update(presence_policy="telephony")
    actions.refresh([ada.pk])
    row = row_of(ada)
    assert (row.shown_status_id, row.shown_cause) == ("offline", "settings")


def test_the_floors_grace_counts_from_the_next_loss_on(ada: Agent) -> None:
    Floor.objects.update(grace_seconds=60)
    actions.apply(ada.pk, WebphoneLost(at=at(5)))
    assert row_of(ada).grace_until == at(65)


@pytest.mark.usefixtures("committed")
def test_eight_writers_on_the_same_agents_leave_contiguous_versions_and_gapless_history() -> None:
    agents = [make_agent(mode="available") for _ in range(4)]
    starts = [row_of(agent).version for agent in agents]
    begin, failed, applied = threading.Barrier(8), list[BaseException](), list[int]()
    call = call_of(make_interaction())

    def writer(number: int) -> None:
        pick = random.Random(number).choice
        try:
            begin.wait()
            for turn in range(12):
                chosen = _choose(pick(MODES), turn, event_id=f"{number}-{turn}")
                device = DeviceSwitched(
                    at=at(turn), device=pick(list(DeviceKind)), on=pick([True, False])
                )
                ring = leg_event(pick(list(LegAction)), turn, leg=f"leg{number}", call=call)
                # Agents in no order at all: the door puts them in its own.
                pairs = [(pick(agents).pk, event) for event in (chosen, device, ring)]
                outcomes = actions.apply_all(pairs)
                applied.extend(o.agent_id for o in outcomes if o.result is Result.APPLIED)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    for agent, start in zip(agents, starts, strict=True):
        row = row_of(agent)
        told = Transition.objects.filter(agent=agent).values_list("version", flat=True)
        assert row.version == start + applied.count(agent.pk)
        assert list(told) == list(range(2, row.version + 1))
        intervals = list(Interval.objects.filter(agent=agent).order_by("version"))
        assert all(a.ended_at == b.started_at for a, b in pairwise(intervals))
        assert (intervals[0].started_at, intervals[-1].ended_at) == (at(0), row.shown_since)
        assert intervals[-1].version < row.shown_version <= row.version


@pytest.mark.usefixtures("committed")
def test_the_same_event_from_eight_writers_counts_once() -> None:
    agent, begin, results = make_agent(mode="available"), threading.Barrier(8), list[Result]()

    def writer() -> None:
        with closing(connection):
            begin.wait()
            event = _choose("busy", event_id="one")
            results.append(actions.apply(agent.pk, event).result)

    threads = [threading.Thread(target=writer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == [Result.APPLIED] + [Result.DUPLICATE] * 7
