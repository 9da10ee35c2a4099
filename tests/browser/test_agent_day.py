"""An agent's page in a browser: it follows the agent, and is there for hands, eyes and readers."""

import re
from datetime import timedelta
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import choose, status
from tests.waiting import until

SERIOUS = {"serious", "critical"}
LATEST_SHOWS = """() => {
  const box = document.getElementById("timeline");
  return box.scrollWidth > box.clientWidth && box.scrollLeft > 0;
}"""


def open_day(page: Page, name: str = "Ada") -> None:
    """By the way that a supervisor takes: from the monitor."""
    page.get_by_role("link", name=f"Act on {name}").click()
    page.get_by_role("link", name="Their day").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_the_page_follows_the_agent_and_leaves_alone_what_one_does(
    server: Server, sign_in: SignIn
) -> None:
    ada, monitor = sign_in("ada"), sign_in("sam")
    open_day(monitor)
    now = monitor.get_by_role("region", name="Now")
    table = monitor.get_by_text("The same as a table")
    table.click()
    table.focus()
    choose(ada, "Available")
    expect(now).to_contain_text("Available")
    server.do("call('Ada', wrap_up=60)")
    expect(now).to_contain_text("On Call (Busy)")
    expect(now).to_contain_text("Helpdesk · 0207")
    expect(monitor.locator(".part", has_text="Talking")).to_have_count(1)
    expect(monitor.locator("#day-table")).to_have_attribute("open", "")
    expect(table).to_be_focused()
    server.do("hang_up('Ada')")
    expect(now).to_contain_text("Wrap-Up")
    expect(monitor.locator("#day-table tbody")).to_contain_text("Talking")


def test_the_agents_own_day_follows_them(server: Server, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    ada.goto("/me/")
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    ada.get_by_text("The same as a table").click()
    server.do("call('Ada')")
    expect(ada.locator("#day-table tbody")).to_contain_text("Talking")
    ada.get_by_role("link", name="All of it, and the days before").click()
    expect(ada.get_by_role("region", name="Now")).to_contain_text("On Call")
    expect(ada.get_by_role("link", name="Set a mode, or act")).to_have_count(0)
    server.do("hang_up('Ada')")
    expect(ada.get_by_role("region", name="Now")).to_contain_text("Available")


def press_to(page: Page, name: str) -> None:
    """Tab until what is called so has the focus."""
    wanted = page.locator("#main").get_by_role("link", name=name)
    for _ in range(60):
        if wanted.evaluate("link => link === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} is not reached by keyboard.")


def test_days_and_acts_are_reached_by_keyboard_alone(sign_in: SignIn) -> None:
    ada, monitor = sign_in("ada"), sign_in("sam")
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    open_day(monitor)
    press_to(monitor, "Set a mode, or act")
    monitor.keyboard.press("Enter")
    monitor.get_by_role("dialog").get_by_label("Busy").press("Space")
    monitor.keyboard.press("Enter")
    expect(monitor.get_by_role("region", name="Now")).to_contain_text("Busy")
    expect(monitor.get_by_role("dialog")).to_be_hidden()
    expect(monitor.get_by_role("link", name="Set a mode, or act")).to_be_focused()
    press_to(monitor, "Day before")
    monitor.keyboard.press("Enter")
    yesterday = timezone.now().date() - timedelta(days=1)
    expect(monitor).to_have_url(re.compile(rf"\?day={yesterday}(&|$)"))
    expect(monitor.get_by_text("Nothing is known of this day")).to_be_visible()


def fill(server: Server) -> None:
    """A day with something in every lane."""
    server.do("call('Ada', wrap_up=60)\nwait_long('Bob', 'Bob')\nhang_up('Ada')")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(server: Server, sign_in: SignIn, theme: str) -> None:
    fill(server)
    supervisor, bob = sign_in("sam", color_scheme=theme), sign_in("bob", color_scheme=theme)
    open_day(supervisor, "Bob")
    bob.goto("/me/")
    for page in (supervisor, bob):
        page.get_by_text("The same as a table").click()
        expect(page.locator("#day-table tbody")).to_contain_text("Training")
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS
        ]
        assert not serious


def test_on_a_phone_only_the_timeline_and_tables_scroll_sideways(
    server: Server, sign_in: SignIn
) -> None:
    fill(server)
    phone = {"width": 390, "height": 844}
    supervisor, bob = sign_in("sam", viewport=phone), sign_in("bob", viewport=phone)
    supervisor.goto("/monitor/")
    open_day(supervisor, "Bob")
    bob.goto("/me/")
    for page in (supervisor, bob):
        expect(page.locator(".timeline .axis")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        until(partial(page.evaluate, LATEST_SHOWS))
