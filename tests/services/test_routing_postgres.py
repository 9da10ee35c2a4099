"""Routing on PostgreSQL: what it decides is the same, and many processes decide together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAME = (
    "calls",
    "direct",
    "distribution",
    "distributor",
    "figures",
    "overflow",
    "reservations",
    "waits",
)


@pytest.mark.parametrize(
    "files",
    [["services/routing_together.py"], [f"routing/test_{name}.py" for name in SAME]],
    ids=["together", "the same"],
)
def test_routing_holds_on_postgresql(postgresql: str, files: list[str]) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        + [f"tests/{name}" for name in files],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgresql},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-5000:] + finished.stderr[-2000:]
    assert " passed" in finished.stdout
