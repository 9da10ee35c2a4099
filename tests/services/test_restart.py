"""A server that is stopped and started again while everybody works: nobody's status changes, and
what was asked of it is done."""

import shutil
import signal
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.faults.changes import Changes
from tests.faults.conftest import NOTES
from tests.faults.pages import open_page
from tests.nursery import SECRET_KEY, Nursery
from tests.services.test_serve import Start, start
from tests.services.test_verify_presence import verify
from tests.waiting import until

__all__ = ["start"]

PAGES, CHANGING = 5, 10
RESTARTING = 1012
MAKE = f"""
from pathlib import Path
from api import keys
from dashboard.tickets import Ticket, issue
from presence.events import DeviceKind, PhoneSeen
Floor.objects.update(grace_seconds=60)  # starting takes long on a busy machine
now = timezone.now()
mine = [
    factories.make_agent(f"Page {{{{n}}}}", connected=False, mode="available", start=now)
    for n in range({PAGES})
]
for n in range({CHANGING}):
    agent = factories.make_agent(
        f"Phone {{{{n}}}}", presence="telephony", devices=[DeviceKind.SIP],
        connected=False, mode="available", start=now,
    )
    apply(agent.pk, PhoneSeen(at=now, logged_in=True))
root = factories.make_user("root", superuser=True)
tickets = [Ticket(agent.user_id, agent.pk, monitor=False) for agent in mine]
tickets.append(Ticket(root.pk, None, monitor=True))
folder = Path({{folder!r}})
(folder / "tickets").write_text("\\n".join(map(issue, tickets)))
(folder / "key").write_text(keys.make("Changes", source="changes", supervise=True)[1])
"""
CONNECTED = "SELECT COUNT(*) FROM presence_agentstate WHERE webphone = 'connected'"
SHOWN = f"""
SELECT agent_id, shown_version, shown_status_id FROM presence_agentstate
WHERE agent_id <= {PAGES} ORDER BY agent_id
"""


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as running:
        yield running


def closing_code(page: ClientConnection) -> int | None:
    """The code that the server closed it with, after whatever it still sent."""
    try:
        while True:
            page.recv(timeout=20)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_a_restart_changes_nobodys_status_and_loses_nothing_that_was_done(
    tmp_path: Path,
    migrated: Path,
    nursery: Nursery,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)  # who issues tickets here, and who takes them
    database = Path(shutil.copy(migrated, tmp_path / "serve.sqlite3"))
    nursery.do(database, MAKE.format(folder=str(tmp_path)))
    tickets = (tmp_path / "tickets").read_text().splitlines()
    phones = list(range(PAGES + 1, PAGES + CHANGING + 1))

    def shown() -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute(SHOWN).fetchall()

    first = start().wait_until_up()
    url = f"http://127.0.0.1:{first.port}"
    with ExitStack() as stack:
        pages = [stack.enter_context(open_page(first.port, ticket)) for ticket in tickets]
        until(lambda: first.count(CONNECTED) == PAGES, first.output)
        before = shown()
        assert {status for _, _, status in before} == {"available"}
        with Changes((tmp_path / "key").read_text(), phones, [url]) as changes:
            changes.wait_for(20)
            assert first.stop(signal.SIGTERM) == 0
            assert "Rollcall stopped." in first.output()
            assert {closing_code(page) for page in pages} == {RESTARTING}
            second = start(port=first.port).wait_until_up()
            pages = [stack.enter_context(open_page(first.port, ticket)) for ticket in tickets]
            until(lambda: second.count(CONNECTED) == PAGES, second.output)
            changes.wait_for(20)
        proved = verify(database, "--url", url)
        assert proved.returncode == 0, proved.stdout + proved.stderr
    assert shown() == before
    done = defaultdict(list)
    with closing(sqlite3.connect(database)) as connection:
        for agent, note in connection.execute(NOTES):
            done[agent].append(note)
    assert done == changes.done
    for server in (first, second):
        assert "Traceback" not in server.output()
        assert "INFO uvicorn" not in server.output()  # what goes well needs no line
