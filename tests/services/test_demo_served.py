"""The demo floor, served as people serve it, and its telephony from a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from routing.demo import floor, lines
from routing.demo.pbx import Pbx
from tests.services.test_serve import ROOT, Server
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("tables")

PATIENCE = 120  # seconds until a demo has shown everything, which it does in half of them


@pytest.fixture
def served(tmp_path: Path, tables: Path) -> Iterator[Server]:
    """`make run`, over a database of its own."""
    server = Server(tmp_path, "--demo", "--no-past")
    yield server
    server.stop(signal.SIGKILL)


def test_a_served_demo_has_calls_of_every_kind_and_nothing_that_is_refused(served: Server) -> None:
    for seen in (
        "routing_leg WHERE answered_at IS NOT NULL",
        "routing_leg WHERE outcome IN ('rejected', 'ring_timed_out')",
        "routing_legspan WHERE state = 'on_hold'",
        "routing_leg WHERE state = 'wrap_up'",
        "routing_interaction WHERE outcome = 'handled'",
    ):
        until(partial(served.count, f"SELECT COUNT(*) FROM {seen}"), served.output, PATIENCE)
    assert served.stop() == 0
    for fault in ("pbx", "simulator_waits", "ERROR", "Traceback"):
        assert fault not in served.output()


# Their mobiles ring whether a page is open or not: the server alone has no pretend agents.
MAKE_A_FLOOR = """
from django.utils import timezone
from api import keys
from presence import actions
from presence.events import Choice, Choose
from presence.models import Device
from routing.demo import floor
demo = floor.build()
Device.objects.update(kind="mobile")
actions.refresh([agent.pk for agent in demo.simulated])
for agent in demo.simulated:
    actions.apply(agent.pk, Choose(at=timezone.now(), choice=Choice("available")))
print(keys.make("Demo", source=floor.SOURCE, telephony=True)[1])
"""
CALLS = "SELECT COUNT(*) FROM routing_interaction"


def test_the_telephony_carries_on_when_the_server_was_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(tmp_path).wait_until_up()
    key = manage(server, "shell", "-v0", "-c", MAKE_A_FLOOR).strip()
    pbx = Pbx(f"http://127.0.0.1:{server.port}", key, floor.SOURCE, list(lines.NUMBERS))
    pbx.start()
    try:
        talks = "SELECT COUNT(*) FROM routing_leg WHERE state = 'handling'"
        until(partial(server.count, talks), server.output)
        before = server.count(CALLS)
        server.stop(signal.SIGKILL)
        until(lambda: "pbx_waits" in caplog.text)
        old = f"{CALLS} WHERE id <= {before} AND outcome = 'handled'"
        assert server.count(old) == 0
        server = Server(tmp_path, port=server.port).wait_until_up()
        until(partial(server.count, old), server.output, PATIENCE)
        until(lambda: server.count(CALLS) > before + 2, server.output)
        assert "pbx_begins_anew" not in caplog.text
        assert "pbx_refused" not in caplog.text
    finally:
        pbx.stop()
        server.stop(signal.SIGKILL)
    assert not pbx.is_alive()


def manage(server: Server, *words: str) -> str:
    """A management command over the server's database; gives what it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        env=os.environ | {"DATABASE_URL": f"sqlite:///{server.database}"},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return done.stdout
