"""Fixtures for every test: a database that threads can share, and the catalogue in it."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from api.guesses import guesses
from presence.models import Agent
from tests import databases, factories
from tests.services.redis_server import RedisServer

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with its tables and what migrations put in them: made once for all the
    processes that test, for it takes long."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            draft = path.with_suffix(".draft")
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v0"],
                cwd=settings.BASE_DIR,
                env=os.environ | {"DATABASE_URL": f"sqlite:///{draft}"},
                check=True,
            )
            draft.rename(path)
    return path


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the database is there before the tests are: a copy of the migrated one."""
    return connections["default"].vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    """SQLite in a file, as it is run: threads on a shared in-memory one refuse to wait. PostgreSQL
    copies a template (`tests/on_postgresql.py`)."""
    test = connections["default"].settings_dict["TEST"]
    if connections["default"].vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        shutil.copy(request.getfixturevalue("migrated"), path)
        test["NAME"] = str(path)
    else:
        test["NAME"] = "test_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
        test["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")


@pytest.fixture
def committed(transactional_db: None) -> None:
    """A database whose transactions commit, so that threads see each other's. It is restored
    afterwards."""


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, for there is a test that waits at most times."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What waits for other processes begins: at the end nobody would use that time. On PostgreSQL
    only what touches the database is run."""
    items.sort(key=lambda item: item.path.parent.name not in ("faults", "services"))
    if connections["default"].vendor != "postgresql":
        return
    others = [item for item in items if not _touches_database(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if _touches_database(item)]


def _touches_database(item: pytest.Item) -> bool:
    named = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(named) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The database, and what is in it remembered."""
    with django_db_blocker.unblock():
        databases.keep()


@pytest.fixture(autouse=True)
def _nobody_guessed() -> None:
    """What a test got wrong is no other's."""
    guesses.forget()


@pytest.fixture
def ada(db: None) -> Agent:
    """An agent who is Available with one page open, as of `at(0)`."""
    return factories.make_agent("Ada", mode="available")


@pytest.fixture
def bob(db: None) -> Agent:
    """A colleague of Ada's, in the same state."""
    return factories.make_agent("Bob", mode="available")


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> RedisServer:
    # One for all tests: a process sends its hints to the Redis that it first knew of.
    if shutil.which("redis-server") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no redis-server here")
    return RedisServer(tmp_path_factory.mktemp("redis"))


@pytest.fixture
def redis_server(_redis: RedisServer) -> Iterator[RedisServer]:
    """A Redis that is away until the test starts it, and again after the test."""
    yield _redis
    _redis.stop()


def pytest_configure() -> None:
    # A password is hashed once a user; what a good hash costs is no test's business.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WEBHOOK_NETWORKS = ["127.0.0.1"]  # receivers of tests are here
    settings.WHITENOISE_AUTOREFRESH = True  # or each client would list every file
    # Django empties every table and makes again what is in every database: that takes long.
    TransactionTestCase._fixture_teardown = lambda case: databases.restore()  # type: ignore[attr-defined]
