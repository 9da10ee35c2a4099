"""The database goes away under load and comes back: what was answered as done is done."""

import signal

from tests.faults.changes import Changes
from tests.faults.conftest import Floor, Network
from tests.ports import free_port
from tests.services.postgresql_server import PostgresqlServer


def test_a_database_that_is_started_again_has_all_that_was_done(
    floor: Floor, postgresql: PostgresqlServer
) -> None:
    """Stopped, and then crashed."""
    urls = [floor.cluster.web(free_port()), floor.cluster.web(free_port())]
    floor.cluster.clock()
    with Changes(floor.key, floor.agents, urls) as changes:
        for how in (signal.SIGINT, signal.SIGQUIT):
            changes.wait_for(20)
            postgresql.stop(how)
            postgresql.start()
        changes.wait_for(20)
    floor.has(changes.done)
    floor.cluster.prove(*urls)


def test_a_network_that_is_cut_and_slow_loses_nothing(floor: Floor, network: Network) -> None:
    urls = [floor.cluster.web(free_port()), floor.cluster.web(free_port())]
    floor.cluster.clock()
    with Changes(floor.key, floor.agents, urls) as changes:
        changes.wait_for(20)
        network.sql.cut()
        changes.wait_to_fail()
        network.sql.mend()
        changes.wait_for(20)
        network.sql.delay = 0.05
        changes.wait_for(20)
        network.sql.delay = 0
    floor.has(changes.done)
    floor.cluster.prove(*urls)
