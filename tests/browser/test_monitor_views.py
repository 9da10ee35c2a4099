"""Views that are saved, and the monitor without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn


@pytest.fixture
def monitor(sign_in: SignIn) -> Page:
    return sign_in("sam")


def test_a_view_is_saved_opened_and_made_the_one_to_begin_with(monitor: Page) -> None:
    monitor.get_by_label("Group by").select_option("Team")
    menu = monitor.locator("#views")
    menu.locator("summary").click()
    menu.get_by_label("Save what shows now as").fill("By team")
    menu.get_by_role("button", name="Save").click()
    expect(menu.locator("summary")).to_have_text("By team")
    menu.get_by_role("link", name="Everybody").click()
    expect(menu.locator("summary")).to_have_text("Views")
    expect(monitor.locator("#agents .group")).to_have_count(0)
    menu.locator("summary").click()
    menu.get_by_label("Save what shows now as").fill("BY TEAM")
    menu.get_by_role("button", name="Save").click()
    expect(menu.get_by_role("alert")).to_contain_text("You have a view of this name.")
    menu.get_by_role("link", name="By team").click()
    expect(monitor).to_have_url(re.compile(r"\?group=team&sort=agent$"))
    menu.locator("summary").click()
    star = menu.get_by_role("button", name="Open the monitor with By team")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    monitor.goto("/monitor/")
    expect(monitor.locator("#agents .group")).to_have_count(1)


def test_without_javascript_views_columns_and_selections_work(sign_in: SignIn) -> None:
    board = sign_in("sam", java_script_enabled=False)
    board.goto("/monitor/?group=team&top=busy")
    expect(board.locator("#agents .group")).to_contain_text("Billing")
    board.locator("#views summary").click()
    board.get_by_label("Save what shows now as").fill("Mine")
    board.locator("#views").get_by_role("button", name="Save").click()
    board.locator("#views summary").click()
    expect(board.get_by_role("link", name="Mine", exact=True)).to_be_visible()
    board.locator("#layout summary").click()
    board.get_by_role("button", name="Move Caller up").click()
    expect(board.locator("#agents thead th").nth(9)).to_have_text("Caller")
    board.get_by_role("checkbox", name="Select Ada").check()
    board.get_by_role("button", name="Act on them").click()
    board.get_by_role("radio", name="Busy").check()
    board.get_by_role("button", name="Set mode").click()
    expect(board.get_by_text("Busy: 0 set, 1 not connected.")).to_be_visible()
