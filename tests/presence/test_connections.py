"""Leases: what is written when, and what of it mends itself."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from presence import actions, connections
from presence.connections import Lease
from presence.models import Agent, AgentState, Connection, Server
from tests.factories import at, make_agent, make_user, row_of

pytestmark = pytest.mark.django_db


def _away(name: str = "") -> Agent:
    return make_agent(name, mode="available", connected=False)


def test_only_the_first_page_opened_and_the_last_one_closed_are_written() -> None:
    agent, lease = _away(), Lease()
    lease.opened(agent.pk, at(0))
    with CaptureQueriesContext(connection) as queries:
        lease.opened(agent.pk, at(1))
        lease.closed(agent.pk, at(2))
    assert len(queries) == 0
    lease.closed(agent.pk, at(3))
    assert Connection.objects.count() == 0


def test_a_page_makes_its_servers_lease_when_there_is_none() -> None:
    agent, lease = _away(), Lease()
    lease.opened(agent.pk, at(0))
    server = Server.objects.get(pk=lease.server_id)
    assert (server.expires_at - at(0)).total_seconds() == settings.LEASE_SECONDS


def test_renewing_writes_no_agents_row() -> None:
    agent, lease = _away(), Lease()
    lease.opened(agent.pk, at(0))
    version = row_of(agent).version
    lease.renew(at(5))
    assert row_of(agent).version == version
    assert (Server.objects.get().expires_at - at(5)).total_seconds() == settings.LEASE_SECONDS


def test_renewing_mends_rows_that_do_not_match_the_open_pages() -> None:
    here, gone, lease = _away("Here"), _away("Gone"), Lease()
    lease.opened(here.pk, at(0))
    Connection.objects.all().delete()
    Connection.objects.create(server_id=lease.server_id, agent=gone)
    lease.renew(at(5))
    assert list(Connection.objects.values_list("agent", flat=True)) == [here.pk]
    assert row_of(here).webphone == "connected"


def test_a_write_that_failed_is_made_up_for_at_the_next_renewal() -> None:
    lease = Lease()
    agent = Agent.objects.create(user=make_user(), name="New")
    with pytest.raises(AgentState.DoesNotExist):
        lease.opened(agent.pk, at(0))
    actions.enrol(agent, at(1))
    lease.renew(at(5))
    assert row_of(agent).webphone == "connected"


def test_a_server_that_stops_gives_back_what_it_held_at_once() -> None:
    agent, lease = _away(), Lease()
    lease.opened(agent.pk, at(0))
    lease.release(at(9))
    row = row_of(agent)
    assert (row.webphone, row.grace_until) == ("lost", at(19))
    assert (Server.objects.count(), Connection.objects.count()) == (0, 0)


def test_releasing_leaves_agents_alone_who_are_connected_elsewhere() -> None:
    agent, lease, other = _away(), Lease(), Lease()
    for each in (lease, other):
        each.opened(agent.pk, at(0))
    lease.release(at(9))
    assert row_of(agent).webphone == "connected"


def test_a_connection_through_a_dead_server_is_none() -> None:
    agent, dead, lease = _away(), Lease(), Lease()
    dead.opened(agent.pk, at(0))
    lease.opened(agent.pk, at(60))
    lease.closed(agent.pk, at(61))
    assert row_of(agent).webphone == "lost"


def test_servers_that_died_one_after_the_other_end_their_agents_with_the_last() -> None:
    agent, first, second = _away(), Lease(), Lease()
    first.opened(agent.pk, at(0))
    second.opened(agent.pk, at(5))
    assert connections.sweep(at(60)) == 2
    row = row_of(agent)
    assert (row.webphone, row.grace_until) == ("lost", at(5 + settings.LEASE_SECONDS + 10))


def test_sweeping_twice_is_sweeping_once() -> None:
    Lease().opened(_away().pk, at(0))
    assert connections.sweep(at(60)) == 1
    assert connections.sweep(at(60)) == 0


def test_pages_that_open_at_once_are_one_transaction() -> None:
    agents, lease = [_away(name) for name in ("One", "Two", "Three")], Lease()
    for agent in agents:
        lease.note(agent.pk, 1, at(0))
    with CaptureQueriesContext(connection) as alone:
        lease.write()
    assert {row_of(agent).webphone for agent in agents} == {"connected"}
    assert len(alone) < 3 * 8
    with CaptureQueriesContext(connection) as nothing:
        lease.write()
    assert len(nothing) == 0


def test_what_opens_and_closes_before_it_is_written_is_written_as_it_is_then() -> None:
    here, gone, lease = _away("Here"), _away("Gone"), Lease()
    lease.opened(here.pk, at(0))
    for agent, pages in ((here, -1), (here, 1), (gone, 1), (gone, -1)):
        lease.note(agent.pk, pages, at(1))
    lease.write()
    assert list(Connection.objects.values_list("agent", flat=True)) == [here.pk]
    assert (row_of(here).webphone, row_of(gone).webphone) == ("connected", "off")


def test_one_who_cannot_be_connected_stops_nobody_else() -> None:
    agent, lease = _away(), Lease()
    stranger = Agent.objects.create(user=make_user(), name="Never enrolled")
    for pk in (stranger.pk, agent.pk):
        lease.note(pk, 1, at(0))
    lease.write()
    assert row_of(agent).webphone == "connected"
