"""The page's socket: what its ticket grants, and an agent's webphone."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core import signing

from dashboard import sockets, tickets
from dashboard.hub import hub
from dashboard.tickets import Ticket


async def connect(ticket: str) -> Any:
    scope = {"type": "websocket", "path": "/ws/", "query_string": f"ticket={ticket}".encode()}
    socket: Any = ApplicationCommunicator(sockets.page, scope)  # type: ignore[no-untyped-call]
    await socket.send_input({"type": "websocket.connect"})
    assert (await socket.receive_output())["type"] == "websocket.accept"
    return socket


async def test_a_forged_ticket_is_refused_in_a_way_that_the_browser_can_tell() -> None:
    socket = await connect("forged")
    assert await socket.receive_output() == {"type": "websocket.close", "code": 4401}


def test_an_expired_ticket_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "MAX_AGE", -1)
    assert tickets.accept(tickets.issue(Ticket(1, None, monitor=True))) is None


@pytest.mark.parametrize("content", [{"user": 1, "agent": None}, {"who": 1}, [1], None])
def test_another_versions_ticket_is_refused(content: object) -> None:
    assert tickets.accept(signing.dumps(content, salt=tickets._SALT)) is None


def test_a_ticket_grants_what_it_was_issued_for() -> None:
    ticket = Ticket(user=3, agent=7, monitor=False)
    assert tickets.accept(tickets.issue(ticket)) == ticket


async def test_an_agents_page_is_their_webphone_opened_before_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[int, int]] = []
    written: list[int] = []

    class Lease:
        def note(self, agent_id: int, pages: int, _now: object) -> None:
            seen.append((agent_id, pages))

        def write(self) -> None:
            written.append(len(seen))

    monkeypatch.setattr(sockets, "process_lease", Lease())
    socket = await connect(tickets.issue(Ticket(1, 7, monitor=False)))
    await socket.send_input({"type": "websocket.disconnect"})
    await socket.wait()
    sockets._leases.submit(lambda: None).result()
    assert seen == [(7, 1), (7, -1)]
    assert written[-1] == 2


async def test_a_page_of_a_crowd_that_goes_away_meanwhile_takes_no_other_page_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def calm() -> None:
        raise RuntimeError("The server stops.")

    monkeypatch.setattr(hub.admission, "calm", calm)
    monkeypatch.setattr(sockets, "process_lease", None)  # of the agent's other pages
    socket = await connect(tickets.issue(Ticket(1, 7, monitor=False)))
    with pytest.raises(RuntimeError, match="stops"):
        await socket.wait()


def test_a_supervisors_page_is_nobodys_webphone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_leases", None)
    with sockets._webphone(None):
        pass
