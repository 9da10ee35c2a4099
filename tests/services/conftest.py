"""Real servers, started for the tests that need them and stopped after."""

import os
from collections.abc import Iterator

import pytest

from tests.services import postgresql_server
from tests.services.postgresql_server import PostgresqlServer


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL of this session's own."""
    binaries = postgresql_server.programs()
    if binaries is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no PostgreSQL here")
    with postgresql_server.running(binaries) as server:
        yield server
