"""BEHAVIOURS E: pages that open and close, servers that die, and leaving."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection

from presence import connections
from presence.connections import Lease
from presence.events import (
    DeadlineReached,
    DeviceKind,
    DeviceSwitched,
    LegAction,
    LogIn,
    WebphoneLost,
)
from presence.models import Connection, Floor, Server, Transition
from tests.factories import at, make_agent, make_user, row_of
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db

A = LegAction


@pytest.fixture
def lease(db: None) -> Lease:
    """A server process that has just begun."""
    lease = Lease()
    lease.renew(at(0))
    return lease


@pytest.fixture
def story(lease: Lease) -> Story:
    """Ada, Available, with one page open through `lease`."""
    agent = make_agent("Ada", mode="available", connected=False)
    lease.opened(agent.pk, at(0))
    return Story(agent)


def test_e1_one_of_two_tabs_closes_and_nothing_changes(story: Story, lease: Lease) -> None:
    lease.opened(story.agent.pk, at(1))
    before = story.row.version
    lease.closed(story.agent.pk, at(5))
    tick(60)
    assert (story.row.version, story.shown) == (before, "available")


def test_e1_nor_when_the_two_are_on_different_servers(story: Story, lease: Lease) -> None:
    other = Lease()
    other.opened(story.agent.pk, at(1))
    lease.closed(story.agent.pk, at(5))
    tick(60)
    assert (story.shown, Connection.objects.count()) == ("available", 1)


def test_e2_a_reload_within_grace_shows_nothing(story: Story, lease: Lease) -> None:
    lease.closed(story.agent.pk, at(20))
    assert (story.shown, story.row.may_receive) == ("available", True)
    tick(29)
    lease.opened(story.agent.pk, at(29))
    tick(60)
    assert (story.shown, story.row.shown_since, story.history) == ("available", at(0), [])


def test_e3_after_grace_the_agent_is_offline_and_the_mode_is_kept(
    story: Story, lease: Lease
) -> None:
    lease.closed(story.agent.pk, at(20))
    tick(45)
    row = story.row
    assert (row.shown_status_id, row.shown_cause, row.shown_since) == (
        "offline",
        "connection_lost",
        at(30),
    )
    assert (row.mode_id, row.why_not) == ("available", "not_present")
    lease.opened(story.agent.pk, at(50))
    assert (story.shown, story.row.shown_cause) == ("available", "connected")


def test_e4_a_call_outlives_the_connection(story: Story, lease: Lease) -> None:
    story.talks(10)
    lease.closed(story.agent.pk, at(20))
    tick(60)
    assert (story.shown, story.row.webphone) == ("on_call", "off")
    story.then(70, A.HUNG_UP)
    assert (story.shown, story.row.shown_since) == ("offline", at(70))
    assert story.row.shown_cause == "connection_lost"


def test_e5_reconnecting_before_the_end_leaves_only_the_agents_own_choice(
    story: Story, lease: Lease
) -> None:
    story.talks(10)
    story.chooses(15, "on_break")
    lease.closed(story.agent.pk, at(20))
    tick(60)
    lease.opened(story.agent.pk, at(65))
    assert story.row.pending_id == "on_break"
    story.then(70, A.HUNG_UP)
    assert story.shown == "on_break"


@pytest.fixture
def busy_after_loss(db: None) -> None:
    """Whoever's connection is lost for good becomes Busy."""
    Floor.objects.update_or_create(pk=1, defaults={"after_connection_lost_id": "busy"})


def test_e3_a_setting_has_another_mode_follow_a_lost_connection(
    story: Story, lease: Lease, busy_after_loss: None
) -> None:
    lease.closed(story.agent.pk, at(20))
    tick(29)
    assert story.row.mode_id == "available"
    tick(45)
    row = story.row
    assert (row.shown_status_id, row.mode_id, row.mode_cause) == (
        "offline",
        "busy",
        "connection_lost",
    )
    lease.opened(story.agent.pk, at(50))
    assert (story.shown, story.why_not) == ("busy", "mode")


@pytest.mark.parametrize("mode", ["on_break", "offline"])
def test_e3_who_was_withdrawn_or_offline_anyway_stays_so(
    story: Story, lease: Lease, busy_after_loss: None, mode: str
) -> None:
    story.chooses(10, mode)
    lease.closed(story.agent.pk, at(20))
    tick(45)
    assert (story.row.mode_id, story.row.mode_cause) == (mode, "agent")


def test_e3_who_is_there_by_their_phone_has_lost_no_connection(busy_after_loss: None) -> None:
    story = Story(make_agent(mode="available", presence="telephony"))
    story.phone(1, logged_in=True)
    story.does(WebphoneLost(at=at(20)))
    tick(45)
    assert (story.shown, story.row.mode_id) == ("available", "available")


def test_e4_on_a_call_the_mode_after_a_lost_connection_waits_for_its_end(
    story: Story, lease: Lease, busy_after_loss: None
) -> None:
    story.talks(10, wrap_up=30)
    lease.closed(story.agent.pk, at(20))
    tick(60)
    row = story.row
    assert (row.shown_status_id, row.pending_id, row.pending_since, row.pending_cause) == (
        "on_call",
        "busy",
        at(30),
        "connection_lost",
    )
    story.then(70, A.HUNG_UP)
    assert (story.shown, story.row.pending_id) == ("wrap_up", "busy")
    tick(120)
    row = story.row
    assert (row.shown_status_id, row.mode_id, row.mode_cause, row.mode_since) == (
        "offline",
        "busy",
        "connection_lost",
        at(100),
    )


def test_e5_reconnecting_in_time_withdraws_what_the_lost_connection_asked_for(
    story: Story, lease: Lease, busy_after_loss: None
) -> None:
    story.talks(10)
    lease.closed(story.agent.pk, at(20))
    tick(60)
    lease.opened(story.agent.pk, at(65))
    assert story.row.pending_id is None
    story.then(70, A.HUNG_UP)
    assert story.shown == "available"


def test_e5_the_agents_own_choice_waits_before_during_and_after_the_loss(
    story: Story, lease: Lease, busy_after_loss: None
) -> None:
    story.talks(10)
    story.chooses(15, "on_break")
    lease.closed(story.agent.pk, at(20))
    tick(60)
    assert (story.row.pending_id, story.row.pending_cause) == ("on_break", "agent")
    lease.opened(story.agent.pk, at(65))
    assert story.row.pending_id == "on_break"
    story.then(70, A.HUNG_UP)
    assert (story.shown, story.row.mode_cause) == ("on_break", "agent")


def test_e5_what_a_supervisor_asks_for_meanwhile_is_theirs(
    story: Story, lease: Lease, busy_after_loss: None
) -> None:
    boss = make_user()
    story.talks(10)
    lease.closed(story.agent.pk, at(20))
    tick(60)
    story.told_by(boss.pk, 62, "busy")
    lease.opened(story.agent.pk, at(65))
    assert (story.row.pending_id, story.row.pending_cause) == ("busy", "supervisor")


def test_e6_logging_out_on_a_call_drops_no_call(story: Story) -> None:
    story.talks(10)
    story.logs_out(20)
    assert (story.shown, story.row.pending_id, len(story.row.legs)) == ("on_call", "offline", 1)


def test_e7_a_quiet_tab_stays_online_while_its_server_renews(story: Story, lease: Lease) -> None:
    for seconds in range(5, 300, 5):
        lease.renew(at(seconds))
        connections.sweep(at(seconds))
        tick(seconds)
    assert (story.shown, story.history) == ("available", [])


def test_e8_a_page_that_the_server_gave_up_on_ends_after_grace(story: Story, lease: Lease) -> None:
    # The server's ping found it dead, and closed it like any other.
    lease.closed(story.agent.pk, at(90))
    tick(99)
    assert story.shown == "available"
    tick(100)
    assert story.shown == "offline"


def test_e9_a_killed_server_leaves_no_ghosts(lease: Lease) -> None:
    agents = [make_agent(mode="available", connected=False) for _ in range(5)]
    for agent in agents:
        lease.opened(agent.pk, at(0))
    expires = Server.objects.get().expires_at
    assert connections.sweep(expires - timedelta(seconds=1)) == 0
    assert connections.sweep(expires) == 1
    assert (Connection.objects.count(), Server.objects.count()) == (0, 0)
    back, *gone = agents
    Lease().opened(back.pk, expires + timedelta(seconds=5))
    tick(120)
    assert row_of(back).shown_since == at(0)
    assert {row_of(agent).shown_status_id for agent in gone} == {"offline"}
    assert {row_of(agent).mode_id for agent in gone} == {"available"}


def test_e9_a_server_that_was_only_slow_takes_its_pages_back(story: Story, lease: Lease) -> None:
    connections.sweep(at(30))
    tick(60)
    assert story.shown == "offline"
    lease.renew(at(70))
    assert (story.shown, Connection.objects.count()) == ("available", 1)


def test_e10_twenty_quick_reloads_leave_nothing(story: Story, lease: Lease) -> None:
    for number in range(20):
        lease.opened(story.agent.pk, at(10 + number / 10))
        lease.closed(story.agent.pk, at(10.05 + number / 10))
    lease.closed(story.agent.pk, at(13))
    connections.sweep(at(14))
    assert Connection.objects.count() == 0
    tick(60)
    assert (story.shown, story.row.shown_since) == ("offline", at(23))


@pytest.mark.usefixtures("committed")
def test_e11_pages_that_open_and_close_at_once_leave_no_row() -> None:
    agent = make_agent(mode="available", connected=False)
    lease = Lease()
    lease.renew(at(0))

    def page() -> None:
        with closing(connection):
            for _ in range(5):
                lease.opened(agent.pk, at(1))
                lease.closed(agent.pk, at(1))

    threads = [threading.Thread(target=page) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Connection.objects.count() == 0
    assert row_of(agent).webphone == "lost"


def test_e11_closing_twice_harms_nobody(story: Story, lease: Lease) -> None:
    lease.closed(story.agent.pk, at(5))
    lease.closed(story.agent.pk, at(5))
    lease.opened(story.agent.pk, at(6))
    assert (Connection.objects.count(), story.row.webphone) == (1, "connected")


def test_e12_only_a_deliberate_act_raises_a_chosen_offline(story: Story, lease: Lease) -> None:
    story.chooses(5, "offline")
    lease.opened(story.agent.pk, at(6))
    story.does(DeadlineReached(at=at(9999)))
    story.does(DeviceSwitched(at=at(10000), device=DeviceKind.MOBILE, on=True))
    assert (story.shown, story.why_not) == ("offline", "mode")


def test_e14_a_storm_of_reconnections_within_grace_is_no_event_in_history(lease: Lease) -> None:
    agents = [make_agent(mode="available", connected=False) for _ in range(30)]
    for agent in agents:
        lease.opened(agent.pk, at(0))
    lease.release(at(10))
    after = Lease()
    for agent in agents:
        after.opened(agent.pk, at(15))
    tick(60)
    assert {row_of(agent).shown_since for agent in agents} == {at(0)}


def test_e_every_change_of_connection_is_told_once(story: Story, lease: Lease) -> None:
    lease.closed(story.agent.pk, at(5))
    tick(60)
    told = Transition.objects.filter(agent=story.agent).values_list("event", flat=True)
    assert list(told) == ["WebphoneConnected", "WebphoneLost", "DeadlineReached"]


def test_e_logging_in_again_restores_by_policy(lease: Lease) -> None:
    story = Story(make_agent(mode="on_break", login="restore"))
    story.logs_out(5)
    assert story.shown == "offline"
    story.does(LogIn(at=at(9)))
    assert story.shown == "on_break"
