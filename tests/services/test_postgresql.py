"""What holds on SQLite holds on PostgreSQL: the tests of what writes, run again on a real one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = (
    "presence/test_actions.py",
    "presence/test_constraints.py",
    "presence/test_clock.py",
    "presence/test_connections.py",
    "presence/test_behaviours_b.py",
    "presence/test_behaviours_c.py",
    "presence/test_behaviours_e.py",
    "presence/test_store.py",
    "presence/test_writing.py",
    "routing/test_intake.py",
    "routing/test_replay.py",
    "routing/test_demo.py::test_a_played_day_has_everything_in_it_and_no_gaps",
    "test_admin.py",
)


@pytest.mark.parametrize("name", CORE)
def test_the_core_holds_on_postgresql(postgresql: str, name: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{name}"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgresql},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-5000:] + finished.stderr[-2000:]
    assert " passed" in finished.stdout
