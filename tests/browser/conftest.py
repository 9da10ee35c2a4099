"""A real server on a database of its own, and real browsers that know it by its pages only."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.nursery import Nursery
from tests.ports import answers, free_port
from tests.waiting import until

DATABASE = "rollcall.sqlite3"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
expect.set_options(timeout=10_000)


class Server:
    """Rollcall in a process that can be killed and started again on the same port."""

    def __init__(self, folder: Path, nursery: Nursery) -> None:
        self._database, self._log = folder / DATABASE, folder / "server.log"
        self._nursery = nursery
        self._port = free_port()
        self._process = 0
        self.url = f"http://127.0.0.1:{self._port}"

    def do(self, code: str) -> None:
        """Something that happens on the floor, in a process that the server hears nothing of."""
        self._nursery.do(self._database, code)

    def start(self) -> None:
        self._process = self._nursery.serve(self._database, self._port, self._log)
        until(lambda: answers(self._port), self._log.read_text)

    def kill(self) -> None:
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            self._process = 0


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as running:
        yield running


@contextmanager
def floor(folder: Path, migrated: Path, nursery: Nursery) -> Iterator[Server]:
    """A floor with Ada and Bob, agents of Billing who serve Helpdesk, and Sam, who supervises."""
    shutil.copy(migrated, folder / DATABASE)
    running = Server(folder, nursery)
    running.do("make_floor()")
    running.start()
    yield running
    running.kill()


@pytest.fixture
def server(tmp_path: Path, migrated: Path, nursery: Nursery) -> Iterator[Server]:
    """A floor of the test's own."""
    with floor(tmp_path, migrated, nursery) as running:
        yield running


# Not for the session: its event loop would be in the way of the asynchronous tests that follow.
@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    path = path or playwright_driver.chromium.executable_path
    if not Path(path).exists():
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs a Chromium.")
        pytest.skip("No Chromium here: set CHROMIUM to its path.")
    browser = playwright_driver.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    browser.close()


SignIn = Callable[..., Page]


def cookies(url: str, name: str) -> list[Any]:
    """What a browser has once this user is signed in. A program fills in the form, since it takes
    less long; in a browser, `test_policy` does."""
    with httpx.Client(base_url=url) as program:
        program.get("/login/")
        token = program.cookies["csrftoken"]
        form = {"username": name, "password": "secret", "csrfmiddlewaretoken": token}
        assert program.post("/login/", data=form).is_redirect
        return [{"name": key, "value": value, "url": url} for key, value in program.cookies.items()]


@pytest.fixture
def sign_in(chromium: Browser, server: Server) -> Iterator[SignIn]:
    """`sign_in("ada")` opens a browser of Ada's own; options are those of a browser context."""
    contexts: list[BrowserContext] = []
    blocked: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            blocked.append(message.text)

    def open_browser(
        name: str, prepare: Callable[[Page], None] | None = None, **options: Any
    ) -> Page:
        context = chromium.new_context(base_url=server.url, **options)
        context.add_cookies(cookies(server.url, name))
        contexts.append(context)
        context.on("console", note)
        page = context.new_page()
        if prepare:
            prepare(page)
        page.goto("/")
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert not blocked, "pages ask for what their policy forbids"
