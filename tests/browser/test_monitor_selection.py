"""Acting on several agents at once, by keyboard and on a phone."""

from playwright.sync_api import expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import choose, row, status


def test_several_are_acted_on_by_keyboard_and_each_is_told_of(
    server: Server, sign_in: SignIn
) -> None:
    ada, monitor = sign_in("ada"), sign_in("sam")
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    server.do("call('Ada')")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("On Call (Busy)")
    row(monitor, "Ada").focus()
    monitor.keyboard.press("Control+a")
    monitor.keyboard.press("a")
    dialog = monitor.locator("#dialog")
    dialog.get_by_role("radio", name="Busy").press("Space")
    dialog.get_by_role("button", name="Set mode").press("Enter")
    expect(dialog.get_by_role("status")).to_contain_text("Busy: ")
    expect(dialog.get_by_role("status")).to_contain_text("Engaged: it waits until they are done.")
    expect(ada.locator("#bar").get_by_text("set by sam")).to_be_visible()
    dialog.get_by_role("link", name="Close").press("Enter")
    expect(dialog).to_be_hidden()
    monitor.keyboard.press("a")
    dialog.get_by_role("button", name="Log out").press("Enter")
    expect(dialog.get_by_role("heading", name="Log 2 agents out?")).to_be_visible()
    dialog.get_by_role("button", name="Log out").press("Enter")
    expect(dialog.get_by_role("status")).to_contain_text("Done for 2 agents.")
    expect(ada.get_by_text("You are signed out. Sign in again.")).to_be_visible()
    server.do("hang_up('Ada')")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Offline")


def test_on_a_phone_rows_are_cards_and_acts_are_at_hand(server: Server, sign_in: SignIn) -> None:
    server.do("wait_long('Ada', 'Maximiliane-Alexandra von Hohenlohe')")
    monitor = sign_in("sam", viewport={"width": 390, "height": 844}, has_touch=True)
    monitor.get_by_label("Group by").select_option("Team")
    assert monitor.evaluate("document.documentElement.scrollWidth") <= 390
    monitor.get_by_role("checkbox", name="Select Bob").tap()
    monitor.get_by_role("button", name="Act on them").tap()
    dialog = monitor.locator("#dialog")
    expect(dialog.get_by_role("heading", name="1 agent selected")).to_be_visible()
    dialog.get_by_role("radio", name="Busy").check()
    dialog.get_by_role("button", name="Set mode").tap()
    expect(dialog.get_by_role("status")).to_contain_text("Busy: 0 set, 1 not connected.")
    for drop in ("#views", "#layout", "[data-facet=queue]"):
        monitor.keyboard.press("Escape")
        monitor.locator(f"{drop} summary").tap()
        box = monitor.locator(f"{drop} .panel").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390, drop
