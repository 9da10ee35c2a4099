"""A full disk: what cannot be written is refused, and nothing that was done is lost."""

import resource
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.changes import Changes
from tests.faults.cluster import Cluster
from tests.faults.conftest import AGENTS, MAKE, NOTES
from tests.nursery import Nursery
from tests.ports import free_port

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
