"""The machine of the database goes away, and its replica is promoted."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest

from tests.faults.changes import Changes
from tests.faults.cluster import Cluster
from tests.faults.conftest import AGENTS, MAKE, Floor
from tests.nursery import Nursery
from tests.ports import free_port
from tests.services import postgresql_server
from tests.services.postgresql_server import PostgresqlServer
from tests.waiting import until

DATABASE = "faults_failover"
WAITING = "SELECT 1 FROM presence_outboxevent WHERE position IS NULL"
FOLLOWED = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"


@pytest.fixture
def pair(postgresql: PostgresqlServer, template: str) -> Iterator[list[PostgresqlServer]]:
    """A primary and a replica that has what was done before it is answered as done."""
    binaries = postgresql_server.programs()
    assert binaries
    with ExitStack() as stack:
        primary = PostgresqlServer(binaries, of=postgresql)
        stack.callback(primary.remove)
        primary.start()
        primary.promote()
        replica = stack.enter_context(postgresql_server.running(binaries, of=primary))
        with psycopg.connect(primary.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {template}".encode())
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
            until(lambda: connection.execute(FOLLOWED).fetchall())
        yield [primary, replica]


def test_nothing_that_was_done_is_lost_when_a_replica_takes_over(
    pair: list[PostgresqlServer], tmp_path: Path
) -> None:
    primary, replica = pair
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in pair)
    url = f"postgres://rollcall@{hosts}/{DATABASE}?target_session_attrs=read-write"
    with (
        closing(Nursery(DATABASE_URL=url, RUN_CLOCK="false", LEASE_SECONDS="4")) as nursery,
        closing(Cluster(tmp_path, nursery, DATABASE, url)) as cluster,
    ):
        cluster.do(MAKE.format(agents=AGENTS, file=str(tmp_path / "key")))
        agents = [agent for (agent,) in cluster.ask("SELECT id FROM presence_agent ORDER BY 1")]
        urls = [cluster.web(free_port()), cluster.web(free_port())]
        cluster.clock()
        key = (tmp_path / "key").read_text()
        with Changes(key, agents, urls) as changes:
            changes.wait_for(40)
            primary.stop(signal.SIGKILL)
            changes.wait_to_fail()
            replica.promote()
            changes.wait_for(40)
        Floor(cluster, agents, key).has(changes.done)
        until(lambda: not cluster.ask(WAITING))  # since before, for longer than `prove` grants
        cluster.prove(*urls)
