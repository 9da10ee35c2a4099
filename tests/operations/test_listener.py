"""A process without pages answers machines at a port of its own."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.nursery import ROOT
from tests.ports import free_port
from tests.waiting import until


def get(url: str, **headers: str) -> str:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def test_the_clock_says_that_it_lives_and_how_it_does(tmp_path: Path, migrated: Path) -> None:
    database = tmp_path / "rollcall.sqlite3"
    database.write_bytes(migrated.read_bytes())
    listen = f"127.0.0.1:{free_port()}"
    ours = {"METRICS_TOKEN": "secret", "METRICS_LISTEN": listen}
    log = tmp_path / "log"
    with log.open("wb") as output:
        clock = subprocess.Popen(
            [sys.executable, "manage.py", "run_clock"],
            cwd=ROOT,
            env=os.environ | ours | {"DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": ""},
            stdout=output,
            stderr=output,
        )
    try:
        until(lambda: get(f"http://{listen}/healthz") == "alive\n", log.read_text)
        assert '"state": "ok"' in get(f"http://{listen}/readyz")
        told = get(f"http://{listen}/metrics", Authorization="Bearer secret")
        assert "rollcall_timer_late_seconds_count" in told
        assert get(f"http://{listen}/metrics") == get(f"http://{listen}/") == ""
    finally:
        clock.send_signal(signal.SIGTERM)
    assert clock.wait(20) == 0, log.read_text()
    assert "Traceback" not in log.read_text()
