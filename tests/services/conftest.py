"""Real servers, started for the tests that need them and stopped after."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import postgresql_server
from tests.services.postgresql_server import PostgresqlServer

DATABASE = "serve.sqlite3"
"""What servers keep in a test's folder."""


@pytest.fixture
def tables(tmp_path: Path, migrated: Path) -> Path:
    """The database of a test's servers has its tables already: to make them takes long."""
    return Path(shutil.copy(migrated, tmp_path / DATABASE))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL of this session's own."""
    binaries = postgresql_server.programs()
    if binaries is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no PostgreSQL here")
    with postgresql_server.running(binaries) as server:
        yield server
