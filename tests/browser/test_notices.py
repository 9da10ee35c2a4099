"""Notices in real browsers: in every tab at once, on the desktop once, read and silenced."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, SignIn
from tests.waiting import until

DESKTOP = """
window.shown = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, options) { window.shown.push(`${title}: ${options.body}`); }
  close() {}
};
"""
"""Headless browsers show no notification: what the page asks for is written down instead."""


def toasts(page: Page) -> Locator:
    return page.locator("#toasts .toast")


def bell(page: Page) -> Locator:
    return page.locator("#bar-bell-summary")


def set_mode(server: Server, name: str, mode: str) -> None:
    server.do(f"supervise({name!r}, {mode!r})")


def test_c13_a_notice_is_in_every_tab_at_once_and_on_the_desktop_once(
    server: Server, sign_in: SignIn
) -> None:
    first = sign_in("ada", prepare=lambda page: page.context.add_init_script(DESKTOP))
    second = first.context.new_page()
    second.goto("/me/")
    for page in (first, second):
        expect(page.locator("#lost")).to_be_hidden()
    set_mode(server, "Ada", "busy")
    for page in (first, second):
        expect(toasts(page)).to_contain_text("sam set you to Busy.", timeout=3000)
        expect(bell(page)).to_have_accessible_name("Notifications: 1 unread")
    shown = [page.evaluate("window.shown") for page in (first, second)]
    assert sorted(map(len, shown)) == [0, 1]
    assert [*shown[0], *shown[1]] == ["Your mode was set: sam set you to Busy."]
    toasts(first).get_by_role("button", name="Mark as read").click()
    for page in (first, second):
        expect(toasts(page)).to_have_count(0)
        expect(bell(page)).to_have_accessible_name("Notifications: 0 unread")
    second.reload()
    expect(bell(second)).to_have_accessible_name("Notifications: 0 unread")
    expect(toasts(second)).to_have_count(0)


def test_by_keyboard_alone_notices_are_read_silenced_and_chosen(
    server: Server, sign_in: SignIn
) -> None:
    page = sign_in("ada")
    set_mode(server, "Ada", "busy")
    set_mode(server, "Ada", "available")
    expect(bell(page)).to_have_accessible_name("Notifications: 2 unread")
    bell(page).focus()
    page.keyboard.press("Enter")
    panel = page.locator("#bar-bell .panel")
    expect(panel).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#bar-read-all")).to_be_focused()
    page.keyboard.press("Enter")
    expect(bell(page)).to_have_accessible_name("Notifications: 0 unread")
    expect(panel).to_be_visible()
    expect(bell(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.locator("#bar-summary").focus()
    page.keyboard.press("Enter")
    page.locator("#bar-notifications-off").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("switch", name="Turn notifications off")).to_be_checked()
    expect(bell(page)).to_have_accessible_name("Notifications are turned off")
    set_mode(server, "Ada", "busy")
    expect(page.locator("#bar .now b")).to_have_text("Busy")
    later = sign_in("bob")
    set_mode(server, "Bob", "busy")
    expect(bell(later)).to_have_accessible_name("Notifications: 1 unread")
    expect(toasts(page)).to_have_count(0)  # for Ada's was judged before Bob's
    page.locator("#bar-preferences").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/me/preferences/$"))
    box = page.get_by_role("checkbox", name="Turn notifications off")
    expect(box).to_be_checked()
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(bell(page)).to_have_accessible_name("Notifications: 0 unread")


def test_help_on_no_calls_is_one_key_away_and_ends_the_cause(sign_in: SignIn) -> None:
    page = sign_in("ada")
    page.goto("/me/preferences/")
    page.get_by_role("checkbox", name=re.compile("Desktop.*Missed call")).uncheck()
    page.get_by_role("link", name="Why am I not getting calls?").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/me/#why$"))
    why = page.locator("#why")
    expect(why).to_be_focused()
    expect(why).to_contain_text("Why am I not getting calls?")
    page.keyboard.press("Tab")
    expect(why.get_by_role("button", name="Choose Available")).to_be_focused()
    page.keyboard.press("Enter")
    expect(why).to_contain_text("Calls can reach you")
    expect(why).to_be_focused()


def test_on_a_phone_the_bell_and_the_choices_fit(server: Server, sign_in: SignIn) -> None:
    page = sign_in("ada", viewport={"width": 390, "height": 844})
    set_mode(server, "Ada", "busy")
    expect(toasts(page)).to_have_count(1)
    bell(page).click()
    for path in ("", "/me/preferences/"):
        if path:
            page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == 390
    panel = page.locator("#bar-bell .panel")

    def shows() -> bool:
        """A click that falls together with a new bar is lost, and made again."""
        if not panel.is_visible():
            bell(page).click()
        return panel.is_visible()

    until(shows)
    found = panel.bounding_box()
    assert found
    assert found["x"] >= 0
    assert found["x"] + found["width"] <= 390
