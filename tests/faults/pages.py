"""Agents' pages, as the servers see them: open sockets, whose browsers connect again."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.faults.conftest import Floor

TICKETS = """
from pathlib import Path
from dashboard.tickets import Ticket, issue
tickets = {{
    agent: issue(Ticket(user, agent, monitor=False))
    for agent, user in Agent.objects.values_list("pk", "user")
}}
Path({file!r}).write_text("\\n".join(f"{{agent}} {{text}}" for agent, text in tickets.items()))
"""


def tickets(floor: Floor) -> dict[int, str]:
    """What each agent's page connects with."""
    file = floor.cluster.folder / "tickets"
    floor.cluster.do(TICKETS.format(file=str(file)))
    pairs = (line.split() for line in file.read_text().splitlines())
    return {int(agent): ticket for agent, ticket in pairs}


def open_page(port: int, ticket: str) -> ClientConnection:
    url = f"ws://127.0.0.1:{port}/ws/?ticket={ticket}"
    return connect(url, origin=Origin("http://127.0.0.1"), max_size=None, compression=None)


@contextmanager
def pages(floor: Floor, port: int, agents: Sequence[int] = ()) -> Iterator[list[ClientConnection]]:
    """A page of each agent's, open at the web process on `port`."""
    by_agent = tickets(floor)
    with ExitStack() as stack:
        yield [
            stack.enter_context(open_page(port, by_agent[agent]))
            for agent in agents or floor.agents
        ]
