"""The Agent Monitor: filters, groups, views, columns and acts, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import row


@pytest.fixture
def monitor(sign_in: SignIn) -> Page:
    return sign_in("sam")


def names(monitor: Page) -> Locator:
    return monitor.locator("#agents tbody:not([hidden]) tr:not([hidden]) .name")


def focused(monitor: Page) -> str:
    """The agent in whose row the focus is."""
    place = monitor.evaluate_handle("document.activeElement.closest('tr')?.querySelector('.name')")
    return str(place.evaluate("place => place?.textContent"))


def test_f11_filters_combine_stay_in_the_address_and_are_gone_back_from(
    server: Server, sign_in: SignIn
) -> None:
    server.do("crowd('Zed'); work('Zed', 'busy'); work('Ada', 'available')")
    monitor = sign_in("sam")
    monitor.locator("[data-facet=status] summary").click()
    monitor.get_by_role("checkbox", name="Busy", exact=True).check()
    monitor.get_by_role("checkbox", name="Available", exact=True).first.check()
    expect(monitor.locator("#shown")).to_have_text("1 of 3 agents")
    expect(names(monitor)).to_have_text(["Zed"])
    assert monitor.url.endswith("?status=available,busy&sort=agent")
    monitor.keyboard.press("Escape")
    monitor.get_by_role("searchbox", name="Find").fill("nobody")
    expect(monitor.get_by_text("Nobody matches")).to_be_visible()
    address = monitor.url
    copied = monitor.context.new_page()
    copied.goto(address)
    expect(copied.get_by_text("Nobody matches")).to_be_visible()
    copied.get_by_role("link", name="Show everybody").click()
    expect(names(copied)).to_have_text(["Ada", "Bob", "Zed"])
    copied.go_back()
    expect(copied.get_by_text("Nobody matches")).to_be_visible()


def test_what_there_is_not_is_not_asked_for(sign_in: SignIn) -> None:
    monitor = sign_in("sam")
    errors: list[str] = []
    monitor.on("pageerror", lambda error: errors.append(str(error)))
    monitor.goto("/monitor/?group=zzz&team=999999&status=<script>&top=x&sort=zzz")
    expect(monitor.locator("#shown")).to_have_text("2 agents")
    expect(monitor.locator("#clear")).to_be_hidden()
    monitor.get_by_label("Group by").select_option("team")
    expect(monitor.locator("#agents .group")).to_be_visible()
    assert errors == []


def test_f13_tiles_follow_the_other_filters(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('Zed'); work('Zed', 'busy')")
    monitor = sign_in("sam")
    busy = monitor.locator("#tiles [data-status=busy]")
    expect(busy.locator(".count")).to_have_text("1")
    monitor.locator("[data-facet=team] summary").click()
    monitor.get_by_role("checkbox", name="Billing").check()
    expect(busy.locator(".count")).to_have_text("0")
    expect(monitor.locator("#tiles [data-status=offline] .count")).to_have_text("2")


def test_a_status_is_brought_to_the_top_by_its_colour(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('Zed'); work('Zed', 'busy')")
    monitor = sign_in("sam")
    monitor.get_by_role("link", name="Bring Busy to the top").click()
    expect(names(monitor)).to_have_text(["Zed", "Ada", "Bob"])
    monitor.get_by_role("link", name="Bring Busy to the top").click()
    expect(names(monitor)).to_have_text(["Ada", "Bob", "Zed"])
    row(monitor, "Zed").locator(".chip").click()
    expect(names(monitor)).to_have_text(["Zed", "Ada", "Bob"])
    monitor.reload()
    expect(names(monitor)).to_have_text(["Zed", "Ada", "Bob"])
    monitor.get_by_role("link", name="Devices").click()
    expect(monitor.locator("th.c-devices")).to_have_attribute("aria-sort", "ascending")


def test_columns_and_density_are_the_persons(monitor: Page) -> None:
    heads = monitor.locator("#agents thead th:visible")
    monitor.locator("#layout summary").click()
    panel = monitor.locator("#layout form")
    panel.get_by_role("checkbox", name="Team").uncheck()
    panel.get_by_role("button", name="Move Caller up").click()
    expect(panel.get_by_role("button", name="Move Caller up")).to_be_focused()
    with monitor.expect_response("**/layout/") as kept:
        panel.get_by_role("radio", name="Compact").check()
    assert kept.value.status == 204
    wanted = [
        "",
        "Agent",
        "Status",
        "Reason",
        "Duration",
        "Availability",
        "Mode Pending",
        "Interaction",
        "Caller",
        "Queue",
        "Devices",
        "Acts",
    ]
    expect(heads).to_have_text(wanted)
    monitor.reload()
    expect(heads).to_have_text(wanted)
    cells = row(monitor, "Ada").locator("td:visible, th:visible")
    expect(cells.nth(8)).to_have_class(re.compile("c-caller"))
    expect(monitor.locator("#agents")).to_have_attribute("data-density", "compact")


def test_the_monitor_works_by_keyboard_alone(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('Cid', 'Dan')")
    monitor = sign_in("sam")
    keys = monitor.keyboard
    keys.press("/")
    expect(monitor.get_by_role("searchbox", name="Find")).to_be_focused()
    keys.type("d")
    expect(names(monitor)).to_have_text(["Ada", "Cid", "Dan"])
    monitor.get_by_role("searchbox", name="Find").fill("")
    monitor.locator("#agents tbody tr").first.focus()
    keys.press("ArrowDown")
    assert focused(monitor) == "Bob"
    keys.press("k")
    assert focused(monitor) == "Ada"
    keys.press("End")
    assert focused(monitor) == "Dan"
    keys.press("Home")
    keys.press("Space")
    expect(row(monitor, "Ada")).to_have_attribute("aria-selected", "true")
    keys.press("Shift+ArrowDown")
    keys.press("Shift+ArrowDown")
    keys.press("Shift+ArrowUp")
    expect(monitor.locator("#selected")).to_have_text("2 selected")
    keys.press("Control+a")
    expect(monitor.locator("#selected")).to_have_text("4 selected")
    keys.press("Escape")
    expect(monitor.locator("#selection")).to_be_hidden()
    keys.press("Enter")
    dialog = monitor.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Bob")).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    assert focused(monitor) == "Bob"
    keys.press("Tab")
    expect(row(monitor, "Bob").get_by_role("checkbox")).to_be_focused()
    keys.press("Tab")
    expect(row(monitor, "Bob").get_by_role("link", name="Bob", exact=True)).to_be_focused()
    keys.press("?")
    expect(monitor.get_by_role("dialog", name="Keys")).to_be_visible()
    monitor.get_by_role("checkbox", name="Keys that are single characters work").press("Space")
    keys.press("Escape")
    keys.press("?")
    expect(monitor.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_who_is_no_longer_shown_is_no_longer_selected(monitor: Page) -> None:
    monitor.get_by_role("checkbox", name="Select all shown").check()
    expect(monitor.locator("#selected")).to_have_text("2 selected")
    monitor.get_by_role("searchbox", name="Find").fill("bob")
    expect(monitor.locator("#selected")).to_have_text("1 selected")
    monitor.get_by_role("searchbox", name="Find").fill("")
    expect(row(monitor, "Ada").get_by_role("checkbox")).not_to_be_checked()
    monitor.get_by_role("button", name="Clear selection").click()
    expect(monitor.locator("#selection")).to_be_hidden()
