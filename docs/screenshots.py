"""Take the screenshots in docs/screenshots: every page in both themes and three widths, from a demo
floor that has been at work for a while and from a new installation.

make screenshots, or python -m docs.screenshots NAME ... for some of them
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

django.setup()

from routing.demo import floor  # noqa: E402
from tests.ports import answers, free_port  # noqa: E402
from tests.waiting import until  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
WARM_UP = 75  # seconds until a floor looks like one
SETTLE = 1.5  # seconds until the socket is connected and the first changes have faded
SIZES = {1440: 900, 1024: 768, 390: 844}
SCREENS = {1920: 1080, 1080: 1920, 390: 844}
"""What wallboards hang on."""
THEMES = ("light", "dark")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def nothing(page: Page) -> None:
    """The page as it opens."""


def open_menu(page: Page) -> None:
    """Be Available, so that calls come, and show the agent's menu."""
    page.locator("#bar-summary").click()
    page.locator("#bar-available").click()
    expect(page.locator("#bar-menu")).not_to_have_attribute("open", "")
    page.locator("#bar-summary").click()


def open_day(page: Page) -> None:
    """The day of an agent on the monitor; the first is the visitor's, who does nothing."""
    page.goto(page.locator("th a[href^='/agents/']").nth(1).get_attribute("href") or "")


@dataclass(frozen=True)
class Shot:
    """A page as `user` sees it (empty: nobody who is signed in), once `prepare` has been done."""

    name: str
    path: str
    user: str = floor.SUPERVISOR
    prepare: Callable[[Page], None] = nothing


FLOOR = (
    Shot("login", "/login/", user=""),
    Shot("monitor", "/monitor/"),
    Shot("monitor-groups", "/monitor/?group=team"),
    Shot("agents-day", "/monitor/", prepare=open_day),
    Shot("alerts", "/alerts/"),
    Shot("reports", "/reports/"),
    Shot("reports-time", "/reports/time/"),
    Shot("reports-coverage", "/reports/coverage/?by=quarter"),
    Shot("reports-queues", "/reports/queues/"),
    Shot("wallboards", "/wallboards/"),
    Shot("audit", "/audit/", user=floor.ADMIN),
    Shot("my-day", "/me/", user=floor.AGENT),
    Shot("preferences", "/me/preferences/", user=floor.AGENT),
    Shot("agent", "/me/", user=floor.AGENT, prepare=open_menu),
)
NEW = (
    Shot("new-monitor", "/monitor/", user=floor.ADMIN),
    Shot("new-wallboards", "/wallboards/", user=floor.ADMIN),
)


@contextmanager
def server(*options: str) -> Iterator[str]:
    """Rollcall on a free port, with a database of its own; gives its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        admin = {"USERNAME": floor.ADMIN, "PASSWORD": floor.PASSWORD, "EMAIL": "admin@example.com"}
        running = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port), *options],
            cwd=ROOT,
            env=os.environ
            | {"DATABASE_URL": f"sqlite:///{folder}/rollcall.sqlite3", "REDIS_URL": ""}
            | {f"DJANGO_SUPERUSER_{name}": value for name, value in admin.items()},
            stdout=subprocess.DEVNULL,
        )
        try:
            until(lambda: answers(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(10)


def browser(playwright: Playwright) -> Browser:
    """Playwright's own Chromium, or the system's where it could not be downloaded."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=ARGUMENTS
    )


@contextmanager
def opened(chromium: Browser, address: str, user: str, theme: str = "light") -> Iterator[Page]:
    """A browser in which `user` is signed in."""
    context = chromium.new_context(
        base_url=address, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    if user:
        page.goto("/login/")
        page.locator("[name=username]").fill(user)
        page.locator("[name=password]").fill(floor.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
    yield page
    context.close()


def take(chromium: Browser, address: str, shots: Iterable[Shot]) -> None:
    """Each page in every size and both themes, by one sign-in for each theme."""
    for shot in shots:
        for theme in THEMES:
            with opened(chromium, address, shot.user, theme) as page:
                for width, height in SIZES.items():
                    page.set_viewport_size({"width": width, "height": height})
                    page.goto(shot.path)
                    shot.prepare(page)
                    save(page, f"{shot.name}-{width}-{theme}")


def take_wallboard(chromium: Browser, address: str) -> None:
    with opened(chromium, address, floor.SUPERVISOR) as page:
        page.goto("/wallboards/")
        page.get_by_label("Name").fill("Main hall")
        page.get_by_role("button", name="Make it and show its link").click()
        link = page.get_by_label("Link").input_value()
    for theme in THEMES:
        with opened(chromium, address, user="") as page:
            for width, height in SCREENS.items():
                page.set_viewport_size({"width": width, "height": height})
                page.goto(f"{link}?theme={theme}")
                save(page, f"wallboard-{width}-{theme}")


def save(page: Page, name: str) -> None:
    """In 256 colours, which take a third of the room."""
    time.sleep(SETTLE)
    with Image.open(BytesIO(page.screenshot())) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def main(names: Collection[str]) -> None:
    """Take the shots of these names; without any, all."""
    new, floors = (
        [shot for shot in group if not names or shot.name in names] for group in (NEW, FLOOR)
    )
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = browser(playwright)
        if new:
            with server() as address:
                take(chromium, address, new)
        with server("--demo") as address:
            time.sleep(WARM_UP)
            if not names or "wallboard" in names:
                take_wallboard(chromium, address)
            take(chromium, address, floors)
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
