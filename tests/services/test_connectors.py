"""The server follows the telephony systems that are configured, unless it is told not to."""

import sqlite3
from contextlib import closing

import pytest

from tests.ports import free_port
from tests.services.test_serve import Server, Start, start
from tests.waiting import until

__all__ = ["start"]

pytestmark = pytest.mark.usefixtures("tables")

CONNECTOR = """
    INSERT INTO routing_connector (
        name, host, port, tls, verify_certificate, user, secret, queues, tells_pauses,
        manages_members, receives_when_lost, makes_queues, priority, active
    ) VALUES ('pbx', '127.0.0.1', ?, 0, 1, 'rollcall', '', '', 1, 0, 1, 1, 1, 1)
"""
TRIED = "SELECT COUNT(*) FROM routing_connectorlink WHERE error LIKE 'No connection to 127.0.0.1%'"
HELD = "SELECT COUNT(*) FROM routing_connectorlink WHERE holder IS NOT NULL"
LIVES_UNTIL = "SELECT COALESCE(strftime('%s', MAX(expires_at)), 0) FROM presence_server"


def connect(server: Server) -> None:
    """A connector is added while the server runs, to a system that is away."""
    with closing(sqlite3.connect(server.database)) as connection, connection:
        connection.execute(CONNECTOR, [free_port()])


def test_a_connector_that_is_added_is_followed_and_let_go_at_the_end(start: Start) -> None:
    server = start().wait_until_up()
    connect(server)
    until(lambda: server.count(TRIED), server.output)
    assert server.count(HELD) == 1
    assert server.stop() == 0
    assert server.count(HELD) == 0
    assert "Traceback" not in server.output()


def test_a_server_may_leave_its_connectors_to_another_process(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUN_CONNECTORS", "false")
    idle = start().wait_until_up()
    connect(idle)
    until(lambda: idle.count(LIVES_UNTIL), idle.output)  # it may answer before it is enlisted
    lived = idle.count(LIVES_UNTIL)
    until(lambda: idle.count(LIVES_UNTIL) - lived > 4, idle.output)  # two looks' time
    assert idle.count("SELECT COUNT(*) FROM routing_connectorlink") == 0
