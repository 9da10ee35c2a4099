"""The example clients take a call from arrival to wrap-up on a real server, as the page says."""

import shutil
import subprocess
import sys

import pytest

from presence.events import DeviceKind
from presence.models import Agent
from routing.models import Interaction
from tests.api.program import Program
from tests.factories import make_agent, make_queue
from tests.webhooks.servers import ROOT, process

pytestmark = pytest.mark.usefixtures("committed")

CLIENTS = {
    "python": [sys.executable, "docs/example_client.py"],
    "curl": [shutil.which("sh") or "sh", "docs/example_client.sh"],
}


@pytest.fixture
def ada() -> Agent:
    """Somebody on a SIP phone, who needs no page open."""
    ada = make_agent("Ada", mode="available", devices=[DeviceKind.SIP], connected=False)
    make_queue("Help desk", members=[ada], rollcall=True, wrap_up=None)
    return ada


def run(client: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*CLIENTS[client], *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_both_clients_take_a_call_to_its_end(ada: Agent) -> None:
    key = Program("telephony").text
    with process() as (_, port):
        url = f"http://127.0.0.1:{port}"
        for number, client in enumerate(CLIENTS, start=1):
            done = run(client, url, key, "Help desk")
            assert done.returncode == 0, done.stdout + done.stderr
            assert done.stdout.splitlines() == [
                f"rings at {'Ada' if client == 'python' else f'agent {ada.pk}'}",
                "answered: active",
                "held: active",
                "resumed: active",
                "hung_up: wrap_up",
                "wrap_up_done: ended",
                "handled",
            ]
            calls = Interaction.objects.filter(outcome="handled", ended_at__isnull=False)
            assert calls.count() == number
        for client in CLIENTS:
            refused = run(client, url, key, "Nowhere")
            assert refused.returncode != 0
            assert "There is no queue Nowhere." in refused.stdout + refused.stderr
            assert run(client, url).returncode != 0
