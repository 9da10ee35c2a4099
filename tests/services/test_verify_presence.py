"""`manage.py verify_presence`, run beside a server that is at work."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.services.test_serve import ROOT, Start, start
from tests.waiting import until

__all__ = ["start"]

CALLS = "SELECT count(*) FROM routing_interaction"
LATEST = "SELECT max(id) FROM presence_interval GROUP BY agent_id"

ROOT_USER = """
    INSERT INTO auth_user (username, password, email, first_name, last_name, is_superuser, is_staff,
        is_active, date_joined)
    VALUES ('root', '!', '', '', '', 1, 1, 1, '2026-03-02')
"""


def verify(database: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "verify_presence", *options],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_floor_at_work_is_proved_and_a_damaged_one_is_not(
    tables: Path, start: Start, tmp_path: Path
) -> None:
    server = start("--demo", "--no-past").wait_until_up()
    address = f"http://127.0.0.1:{server.port}"
    until(lambda: server.count(CALLS) > 5, server.output, patience=120)
    proved = verify(server.database, "--url", address)
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert proved.stdout.endswith("All of it holds.\n")

    damaged = tmp_path / "damaged.sqlite3"
    with closing(sqlite3.connect(server.database)) as original:
        original.execute(f"VACUUM INTO '{damaged}'")
    with closing(sqlite3.connect(damaged)) as copy, copy:
        copy.execute(f"DELETE FROM presence_interval WHERE id IN ({LATEST})")
        copy.execute("UPDATE presence_agentstate SET version = version + 100000")
    doubted = verify(damaged, "--url", address)
    assert doubted.returncode == 1
    assert "NOT SO  Intervals follow each other without gap" in doubted.stdout
    assert "NOT SO  The board shows what the database says." in doubted.stdout
    assert "and 10 more" in doubted.stdout
    assert doubted.stderr.strip().endswith("things are wrong.")


def test_without_a_server_it_says_that_no_board_answers(tables: Path) -> None:
    with closing(sqlite3.connect(tables)) as connection, connection:
        connection.execute(ROOT_USER)
    answer = verify(tables, "--url", "http://127.0.0.1:1")
    assert answer.returncode == 1
    assert answer.stderr.startswith("CommandError: No board answers at http://127.0.0.1:1")
