"""What holds on SQLite holds on PostgreSQL: the core's tests, run again on a real one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = (
    "test_actions.py",
    "test_constraints.py",
    "test_clock.py",
    "test_connections.py",
    "test_behaviours_b.py",
    "test_behaviours_c.py",
    "test_behaviours_e.py",
    "test_store.py",
    "test_writing.py",
)


@pytest.mark.parametrize("name", CORE)
def test_the_core_holds_on_postgresql(postgresql: str, name: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/presence/{name}"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgresql},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-5000:] + finished.stderr[-2000:]
    assert " passed" in finished.stdout
