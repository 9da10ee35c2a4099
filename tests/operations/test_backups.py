"""The drill: a floor is backed up while it works, lost, and put back."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from operations.backups import copying
from tests.faults.changes import Changes
from tests.faults.cluster import Cluster
from tests.faults.conftest import AGENTS, MAKE
from tests.nursery import ROOT, Nursery
from tests.ports import free_port
from tests.services import postgresql_server
from tests.services.conftest import postgresql
from tests.services.postgresql_server import PostgresqlServer

__all__ = ["postgresql"]

STATES = "SELECT agent_id, version, shown_status_id, shown_note FROM presence_agentstate ORDER BY 1"
HISTORY = "SELECT agent_id, version, note FROM presence_interval ORDER BY 1, 2"


def manage(database: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {"DATABASE_URL": database, "REDIS_URL": "", "PYTHONWARNINGS": ""}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | ours | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def done(ran: subprocess.CompletedProcess[str]) -> str:
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def refused(ran: subprocess.CompletedProcess[str]) -> str:
    assert ran.returncode == 1, ran.stdout
    assert "Traceback" not in ran.stderr
    return ran.stderr


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as running:
        yield running


@pytest.fixture
def copy(tmp_path: Path, migrated: Path) -> Callable[[str], Path]:
    """Makes an empty installation on SQLite."""

    def make(name: str) -> Path:
        return Path(shutil.copy(migrated, tmp_path / name))

    return make


def test_a_floor_that_is_backed_up_while_it_works_is_restored_as_it_was(
    tmp_path: Path, copy: Callable[[str], Path], nursery: Nursery
) -> None:
    database, key, kept = copy("floor.sqlite3"), tmp_path / "key", tmp_path / "kept"
    with closing(Cluster(tmp_path, nursery, str(database), "")) as cluster:
        cluster.do(MAKE.format(agents=AGENTS, file=str(key)))
        url = cluster.web(free_port())
        with Changes(key.read_text(), list(range(1, AGENTS + 1)), [url]) as changes:
            changes.wait_for(20)
            said = done(manage(f"sqlite:///{database}", "backup", str(kept)))
            changes.wait_for(20)
    assert f"{kept} is whole" in said
    assert "SEALING_KEYS" in said
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert rows(database, HISTORY) != rows(kept, HISTORY)  # it worked on

    restored = tmp_path / "restored.sqlite3"
    done(manage(f"sqlite:///{restored}", "restore", str(kept)))
    for query in (STATES, HISTORY):
        assert rows(restored, query) == rows(kept, query)
    assert stat.S_IMODE(restored.stat().st_mode) == 0o600
    with closing(Cluster(tmp_path, nursery, str(restored), "")) as cluster:
        cluster.prove(cluster.web(free_port()))


def test_somebodys_data_is_not_overwritten_unless_it_is_said(
    tmp_path: Path, copy: Callable[[str], Path], nursery: Nursery
) -> None:
    database, other, kept = copy("one"), copy("other"), tmp_path / "kept"
    nursery.do(database, "factories.make_agent('Ada', start=timezone.now())")
    nursery.do(other, "factories.make_agent('Bob', start=timezone.now())")
    done(manage(f"sqlite:///{database}", "backup", str(kept)))
    assert "file" in refused(manage(f"sqlite:///{database}", "backup", str(kept)))
    assert "--replace" in refused(manage(f"sqlite:///{other}", "restore", str(kept)))
    assert rows(other, "SELECT name FROM presence_agent") == [("Bob",)]
    done(manage(f"sqlite:///{other}", "restore", str(kept), "--replace"))
    assert rows(other, "SELECT name FROM presence_agent") == [("Ada",)]


def test_nothing_is_put_back_under_a_server_that_is_at_work(
    tmp_path: Path, copy: Callable[[str], Path], nursery: Nursery
) -> None:
    database, kept = copy("one"), tmp_path / "kept"
    done(manage(f"sqlite:///{database}", "backup", str(kept)))
    nursery.do(
        database,
        "from presence.connections import process_lease\nprocess_lease.renew(timezone.now())",
    )
    said = refused(manage(f"sqlite:///{database}", "restore", str(kept), "--replace"))
    assert "Stop every process" in said


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"PGDMP and more"), "is no backup of a SQLite database"),
        (lambda path: path.write_bytes(path.read_bytes()[:20000]), "kept"),
        (lambda path: path.unlink(), "is no backup"),
        (
            lambda path: run(path, "INSERT INTO django_migrations VALUES (999, 'api', '9_new', 0)"),
            "does not know api.9_new",
        ),
        (lambda path: run(path, "DELETE FROM django_migrations"), "is no backup of Rollcall"),
    ],
)
def test_a_file_that_is_no_good_is_refused_and_nothing_changes(
    tmp_path: Path, copy: Callable[[str], Path], spoil: Callable[[Path], object], words: str
) -> None:
    kept, empty = copy("kept"), tmp_path / "new.sqlite3"
    run(kept, "PRAGMA journal_mode=DELETE")
    spoil(kept)
    assert words in refused(manage(f"sqlite:///{empty}", "restore", str(kept)))
    assert not empty.exists() or not rows(empty, "SELECT 1 FROM sqlite_master")


def run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_secrets_that_the_keys_here_do_not_open_are_told(
    tmp_path: Path, copy: Callable[[str], Path], nursery: Nursery
) -> None:
    database, kept = copy("one"), tmp_path / "kept"
    nursery.do(
        database,
        "from routing.models import Connector\n"
        "Connector.objects.create(name='pbx', user='u', secret='s')",
    )
    done(manage(f"sqlite:///{database}", "backup", str(kept)))
    new = f"sqlite:///{tmp_path / 'new'}"
    key = Fernet.generate_key().decode()
    said = done(manage(new, "restore", str(kept), SEALING_KEYS=key))
    assert "1 secrets are sealed by another key" in said


@pytest.fixture(scope="module")
def floor(postgresql: PostgresqlServer) -> str:
    """A floor with Ada on PostgreSQL; gives its database's URL."""
    template = postgresql_server.template(postgresql.url)
    url = postgresql.url.replace("/postgres", f"/{template}")
    code = "from tests import factories; factories.make_agent('Ada', mode='available')"
    done(manage(url, "shell", "-v0", "-c", code))
    return url


def test_postgresql_is_backed_up_and_restored_by_its_own_programs(
    tmp_path: Path, postgresql: PostgresqlServer, floor: str
) -> None:
    kept = tmp_path / "kept"
    assert f"{kept} is whole" in done(manage(floor, "backup", str(kept)))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    new = postgresql.url.replace("/postgres", "/restored")
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
    done(manage(new, "restore", str(kept)))
    before, after = psycopg.connect(floor), psycopg.connect(new)
    with before, after:
        for query in (STATES, HISTORY):
            assert after.execute(query).fetchall() == before.execute(query).fetchall()

    assert "--replace" in refused(manage(new, "restore", str(kept)))
    with psycopg.connect(new) as connection:
        connection.execute("UPDATE presence_agent SET name = 'Eve'")
    damaged = tmp_path / "damaged"
    damaged.write_bytes(kept.read_bytes()[:-2000])
    refused(manage(new, "restore", str(damaged), "--replace"))
    with psycopg.connect(new) as connection:
        assert connection.execute("SELECT name FROM presence_agent").fetchall() == [("Eve",)]
    done(manage(new, "restore", str(kept), "--replace"))
    with psycopg.connect(new) as connection:
        assert connection.execute("SELECT name FROM presence_agent").fetchall() == [("Ada",)]
    done(manage(new, "migrate", "--check"))


def test_programs_that_are_older_than_the_server_are_not_used(tmp_path: Path, floor: str) -> None:
    old = tmp_path / "bin" / "pg_dump"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    path = f"{old.parent}:{os.environ['PATH']}"
    asked_for = f"{floor}?sslmode=disable&application_name=drill"
    done(manage(asked_for, "backup", str(tmp_path / "kept"), PATH=path))


TELLING = """#!/bin/sh
printf '%s\\n' "$@" >> {told}
[ -z "$PGSERVICEFILE" ] || {{ stat -c %a "$PGSERVICEFILE"; cat "$PGSERVICEFILE"; }} >> {services}
exec {program} "$@"
"""


def test_no_secret_is_on_a_command_line_that_every_user_may_read(
    tmp_path: Path, postgresql: PostgresqlServer, floor: str
) -> None:
    told, services, programs = tmp_path / "told", tmp_path / "services", tmp_path / "bin"
    programs.mkdir()
    for name in ("pg_dump", "psql"):
        ours = shutil.which(name)
        (programs / name).write_text(TELLING.format(told=told, services=services, program=ours))
        (programs / name).chmod(0o755)
    path, kept = f"{programs}:{os.environ['PATH']}", tmp_path / "kept"
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE told")
    secrets = "?password=5ecret&sslpassword=hu5h&keepalives=0"
    new = postgresql.url.replace("/postgres", "/told")
    done(manage(f"{floor}{secrets}", "backup", str(kept), PATH=path))
    done(manage(f"{new}{secrets}", "restore", str(kept), PATH=path))
    assert told.read_text().count("keepalives=0") == 2
    assert "5ecret" not in told.read_text()
    assert "hu5h" not in told.read_text()
    assert services.read_text() == "600\n[rollcall]\nsslpassword=hu5h\n" * 2
    both = manage(f"{floor}{secrets}", "backup", str(tmp_path / "other"), PGSERVICE="theirs")
    assert "Move sslpassword to" in both.stderr


def test_a_draft_that_another_process_writes_is_left_alone(tmp_path: Path) -> None:
    with copying.new_file(tmp_path / "kept") as theirs:
        theirs.write_text("theirs")
        with pytest.raises(ZeroDivisionError), copying.new_file(tmp_path / "kept"):
            raise ZeroDivisionError
        assert theirs.read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
