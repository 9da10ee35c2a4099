"""A full disk: what cannot be written is refused, and nothing that was done is lost."""

import resource
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest

from tests.faults.changes import Changes
from tests.faults.cluster import Cluster
from tests.faults.conftest import AGENTS, MAKE, NOTES, Floor
from tests.faults.small_disk import SmallDisk, small_disk
from tests.nursery import Nursery
from tests.ports import free_port
from tests.services import postgresql_server
from tests.services.postgresql_server import PostgresqlServer

ROOM = 100_000  # bytes that any file may still grow to
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as running:
        yield running


def test_a_disk_that_is_full_for_a_while_loses_nothing_that_was_done(
    tmp_path: Path, migrated: Path, nursery: Nursery
) -> None:
    database, file = tmp_path / "rollcall.sqlite3", tmp_path / "key"
    shutil.copy(migrated, database)
    with closing(Cluster(tmp_path, nursery, str(database), "")) as cluster:
        cluster.do(MAKE.format(agents=AGENTS, file=str(file)))
        url = cluster.web(port := free_port())
        with Changes(file.read_text(), list(range(1, AGENTS + 1)), [url]) as changes:
            changes.wait_for(20)
            resource.prlimit(cluster.webs[port], resource.RLIMIT_FSIZE, (ROOM, UNLIMITED[1]))
            changes.wait_to_fail()
            resource.prlimit(cluster.webs[port], resource.RLIMIT_FSIZE, UNLIMITED)
            changes.wait_for(20)
        cluster.prove(url)
    shown = defaultdict(list)
    with closing(sqlite3.connect(database)) as connection:
        for agent, note in connection.execute(NOTES):
            shown[agent].append(note)
    assert shown == changes.done


@pytest.fixture
def cramped(postgresql: PostgresqlServer) -> Iterator[tuple[PostgresqlServer, SmallDisk]]:
    """A PostgreSQL on a small disk."""
    binaries = postgresql_server.programs()
    assert binaries
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk())
        server = PostgresqlServer(binaries, of=postgresql, within=disk.folder)
        stack.callback(server.remove)
        server.start()
        stack.callback(server.stop)
        server.promote()
        yield server, disk


def test_a_disk_of_postgresql_s_that_is_full_for_a_while_loses_nothing_either(
    tmp_path: Path, template: str, cramped: tuple[PostgresqlServer, SmallDisk]
) -> None:
    server, disk = cramped
    name, file = "faults_cramped", tmp_path / "key"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    url = f"postgres://rollcall@127.0.0.1:{server.port}/{name}"
    with (
        closing(Nursery(DATABASE_URL=url)) as nursery,
        closing(Cluster(tmp_path, nursery, name, url)) as cluster,
    ):
        cluster.do(MAKE.format(agents=AGENTS, file=str(file)))
        agents = [agent for (agent,) in cluster.ask("SELECT id FROM presence_agent ORDER BY 1")]
        web = cluster.web(free_port())
        with Changes(file.read_text(), agents, [web]) as changes:
            changes.wait_for(20)
            disk.fill()
            changes.wait_to_fail()
            disk.clear()
            changes.wait_for(20)
        Floor(cluster, agents, file.read_text()).has(changes.done)
        cluster.prove(web)
