"""Take the screenshots in docs/screenshots from a demo floor that has been at work for a while.

make screenshots
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

django.setup()

from routing.demo import floor  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
WARM_UP = 75  # seconds until a floor looks like one
SIZES = {1440: 900, 1024: 768, 390: 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@contextmanager
def demo() -> Iterator[str]:
    """A demo floor on a free port, with a database of its own; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--demo", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3"},
            stdout=subprocess.DEVNULL,
        )
        try:
            time.sleep(WARM_UP)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(10)


def browser(playwright: Playwright) -> Browser:
    """Playwright's own Chromium, or the system's where it could not be downloaded."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=ARGUMENTS
    )


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(floor.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def take(chromium: Browser, address: str, username: str, name: str, path: str) -> None:
    """One page in every size and both themes."""
    for theme in ("light", "dark"):
        for width, height in SIZES.items():
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
            )
            page = context.new_page()
            sign_in(page, address, username)
            page.goto(f"{address}{path}")
            expect(page.locator("time").first).to_be_attached()
            if username == floor.AGENT:
                open_menu(page)
            time.sleep(1.5)  # let the socket connect and the first changes fade
            page.screenshot(path=FOLDER / f"{name}-{width}-{theme}.png")
            context.close()


def open_menu(page: Page) -> None:
    """Be Available, so that calls come, and show the agent's menu."""
    page.locator("#bar-summary").click()
    page.get_by_role("button", name="Available").click()
    expect(page.locator("#bar-menu")).not_to_have_attribute("open", "")
    page.locator("#bar-summary").click()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        chromium = browser(playwright)
        take(chromium, address, floor.SUPERVISOR, "monitor", "/monitor/")
        take(chromium, address, floor.AGENT, "agent", "/me/")
        chromium.close()


if __name__ == "__main__":
    main()
