"""Proving that a running server's boards show what the database says."""

import json
import re
import time
from collections.abc import Iterator, Mapping

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from dashboard.tickets import Ticket, issue
from presence.models import AgentState
from presence.verify import Fault

PATIENCE = 5.0
"""Seconds in which a board has to show what the database says, whatever was lost on the way."""

_SHOWN = re.compile(r'data-version="(\d+)" data-status="([^"]*)"')

Rows = dict[int, tuple[int, str]]
"""By agent, the version and the status that show."""


class NoBoard(Exception):
    """There is no board to look at; the message says why, in words."""


def board(url: str) -> Iterator[Fault]:
    """Watch the board of the server at `url` (http or https) as a supervisor's page does, until it
    is level with the database or `PATIENCE` is over. Raises `NoBoard`."""
    ticket = issue(Ticket(None, None, monitor=True))
    address = re.sub("^http", "ws", url.rstrip("/")) + f"/ws/?ticket={ticket}"
    try:
        with connect(address, origin=Origin(url.rstrip("/")), max_size=None) as socket:
            yield from _compare(socket)
    except (OSError, WebSocketException) as error:
        raise NoBoard(f"No board answers at {url}: {error}") from error


def _compare(socket: ClientConnection) -> Iterator[Fault]:
    until, shown, complete = time.monotonic() + PATIENCE, Rows(), False
    faults: list[Fault] = []
    while (left := until - time.monotonic()) > 0:
        try:
            message = json.loads(socket.recv(timeout=left))
        except TimeoutError:
            break
        complete |= "snapshot" in message
        _take(shown, message)
        faults = list(_differences(shown, _current()))
        if complete and not faults:
            return
    if not complete:
        raise NoBoard(f"The server sent no board within {PATIENCE:g} s. Does it run as this user?")
    yield from faults


def _take(shown: Rows, message: Mapping[str, object]) -> None:
    rows, gone = message.get("rows"), message.get("gone")
    if isinstance(rows, dict):
        for agent_id, html in rows.items():
            if found := _SHOWN.search(html):
                shown[int(agent_id)] = int(found[1]), found[2]
    if isinstance(gone, list):
        for agent_id in gone:
            shown.pop(agent_id, None)


def _current() -> Rows:
    active = AgentState.objects.filter(agent__active=True)
    rows = active.values_list("agent_id", "version", "shown_status_id")
    return {agent_id: (version, status) for agent_id, version, status in rows}


def _differences(shown: Rows, current: Rows) -> Iterator[Fault]:
    for agent_id in sorted(shown.keys() | current.keys()):
        board, database = shown.get(agent_id), current.get(agent_id)
        if board != database:
            yield Fault(
                f"agent {agent_id}", f"The board shows {_say(board)}, not {_say(database)}."
            )


def _say(row: tuple[int, str] | None) -> str:
    return f"{row[1]} (version {row[0]})" if row else "nothing"
