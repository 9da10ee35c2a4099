"""`manage.py serve`, run as people run it: a process of its own over a database of its own."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.services.conftest import DATABASE
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]

Start = Callable[..., "Server"]


class Server:
    """A running `manage.py serve`."""

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        self.database = folder / DATABASE
        self.port = port or free_port()
        self.log = folder / "output"
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "LEASE_SECONDS": "5",
            "PYTHONWARNINGS": "",
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port), *options],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def output(self) -> str:
        return self.log.read_text()

    def wait_until_up(self) -> "Server":
        until(lambda: self.get("/login/") is not None, self.output)
        return self

    def get(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return str(answer.read().decode())
        except OSError:
            return None

    def count(self, query: str) -> int:
        """What a query on the database counts; 0 while there is none yet."""
        try:
            with closing(sqlite3.connect(self.database)) as connection:
                return int(connection.execute(query).fetchone()[0])
        except sqlite3.OperationalError:
            return 0

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Server] = []

    def run(*options: str, port: int = 0) -> Server:
        running.append(Server(tmp_path, *options, port=port))
        return running[-1]

    yield run
    for server in running:
        server.stop(signal.SIGKILL)


CONNECTED = "SELECT COUNT(*) FROM presence_agentstate WHERE webphone = 'connected'"
CALLS = "SELECT COUNT(*) FROM routing_leg"


def test_a_demo_floor_comes_alive_and_stops_cleanly(start: Start) -> None:
    server = start("--demo", "--no-past").wait_until_up()
    assert f"http://127.0.0.1:{server.port}/" in server.output()
    assert re.search(r"password \S+ as", server.output())
    until(lambda: server.count(CONNECTED) > 15 and server.count(CALLS) > 0, server.output)
    assert server.stop() == 0
    assert "Rollcall stopped." in server.output()
    assert "Traceback" not in server.output()
    assert server.count(CONNECTED) == 0


@pytest.mark.usefixtures("tables")
def test_a_demo_floor_keeps_its_data_between_runs(start: Start) -> None:
    first = start("--demo", "--no-past").wait_until_up()
    until(lambda: first.count(CALLS) > 0, first.output)
    first.stop()
    calls = first.count(CALLS)
    second = start("--demo", "--no-past").wait_until_up()
    assert second.count(CALLS) >= calls > 0
    assert second.count("SELECT COUNT(*) FROM presence_agent") == 30


@pytest.mark.usefixtures("tables")
def test_e9_a_killed_server_leaves_no_ghosts(start: Start) -> None:
    """Killed, it says nothing to anybody; the next one sweeps what it held."""
    killed = start("--demo", "--no-past").wait_until_up()
    until(lambda: killed.count(CONNECTED) > 15, killed.output)
    killed.stop(signal.SIGKILL)
    assert killed.count(CONNECTED) > 15
    swept = start().wait_until_up()
    until(lambda: swept.count(CONNECTED) == 0, swept.output)


def test_an_empty_installation_says_how_to_make_its_first_admin(start: Start) -> None:
    server = start().wait_until_up()
    assert "createsuperuser" in server.output()
    assert server.count("SELECT COUNT(*) FROM presence_agent") == 0


def test_a_port_in_use_is_one_line_and_a_failure(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = start(port=port)
        assert server.process.wait(PATIENCE) != 0
        assert server.output().strip() == (
            f"CommandError: Port {port} is in use. Choose another with PORT=..."
        )


@pytest.mark.usefixtures("tables")
def test_the_demo_does_not_play_in_a_floor_of_real_agents(start: Start) -> None:
    server = start("--demo", "--no-past").wait_until_up()
    server.stop()
    with closing(sqlite3.connect(server.database)) as connection, connection:
        connection.execute("UPDATE presence_device SET address = 'PJSIP/' || id")
    refused = start("--demo", "--no-past")
    assert refused.process.wait(PATIENCE) != 0
    assert "floor of its own" in refused.output()


def test_a_process_among_several_leaves_the_database_as_it_is(
    start: Start, tmp_path: Path, migrated: Path
) -> None:
    refused = start("--no-migrate")
    assert refused.process.wait(PATIENCE) != 0
    assert refused.output().strip() == (
        "CommandError: The database is older than this version. Run manage.py migrate first."
    )
    shutil.copy(migrated, tmp_path / DATABASE)
    start("--no-migrate").wait_until_up()
