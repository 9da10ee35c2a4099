"""A machine that sleeps for an hour, with all its pages: right within seconds of waking up."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DATABASE, Server, SignIn
from tests.browser.test_live import choose, row, status
from tests.faults.proxy import Proxy
from tests.nursery import Nursery
from tests.waiting import until

HOUR = 3600
SOON = 5000  # milliseconds
WEBPHONE = "SELECT webphone, shown_status_id FROM presence_agentstate WHERE agent_id = 1"


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """A file with how many seconds the server's clock is fast."""
    file = tmp_path / "clock"
    file.write_text("0")
    return file


@pytest.fixture
def nursery(clock: Path) -> Iterator[Nursery]:
    with closing(Nursery(TEST_CLOCK=str(clock))) as running:
        yield running


@pytest.fixture
def network(server: Server) -> Iterator[Proxy]:
    """What stands between the browsers and the server."""
    port = urlsplit(server.url).port
    assert port
    with closing(Proxy(port)) as proxy:
        server.url = f"http://127.0.0.1:{proxy.port}"
        yield proxy


def parents(process: int) -> Iterator[int]:
    while process > 1:
        stat = Path(f"/proc/{process}/stat").read_text()
        process = int(stat.rpartition(")")[2].split()[1])
        yield process


def browser() -> int:
    """The group of processes that is this test's browser."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            ours = os.getpid() in parents(int(folder.name))
        except OSError:  # it has ended meanwhile
            continue
        if ours and b"--remote-debugging-pipe" in words:
            return os.getpgid(int(folder.name))
    raise AssertionError("there is no browser")


def test_e8_who_slept_for_an_hour_sees_the_truth_within_five_seconds(
    network: Proxy, server: Server, clock: Path, sign_in: SignIn, tmp_path: Path
) -> None:
    ada: Page = sign_in("ada")
    monitor: Page = sign_in("sam")
    choose(ada, "Available")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Available")

    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as database:

        def stands(*wanted: str) -> bool:
            return bool(database.execute(WEBPHONE).fetchone() == wanted)

        assert stands("connected", "available")
        asleep = browser()
        os.killpg(asleep, signal.SIGSTOP)
        try:
            network.cut()
            until(lambda: not stands("connected", "available"))
            clock.write_text(str(HOUR))
            until(lambda: stands("off", "offline"))
            server.do("work('Ada', 'busy')")
            network.mend()
        finally:
            os.killpg(asleep, signal.SIGCONT)
        expect(status(ada)).to_have_text("Busy", timeout=SOON)
        expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Busy", timeout=SOON)
        expect(ada.locator("#lost")).to_be_hidden()
        assert stands("connected", "busy")
