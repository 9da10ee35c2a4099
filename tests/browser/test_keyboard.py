"""An agent's whole day by keyboard alone: nothing here ever points."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import status

MOST_STOPS = 80


@pytest.fixture
def ada(server: Server, sign_in: SignIn) -> Page:
    server.do("Agent.objects.get(name='Ada').devices.create(kind='mobile', address='m')")
    return sign_in("ada")


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press the key until `wanted` has the focus, and see that the focus is seen."""
    expect(wanted).to_be_visible()
    for _stop in range(MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press(key)
    expect(wanted).to_be_focused()
    assert wanted.evaluate(
        "element => getComputedStyle(element).outlineStyle !== 'none'"
        " || getComputedStyle(element).boxShadow !== 'none'"
    ), "The focus is not seen."
    assert wanted.evaluate(
        """element => {
          const box = element.getBoundingClientRect();
          const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return element.contains(at) || at?.contains(element);
        }"""
    ), "Something hides what has the focus."


def choose(page: Page, name: str) -> None:
    tab_to(page, page.locator("#bar-summary"))
    page.keyboard.press("Enter")
    menu = page.locator("#bar-menu")
    tab_to(page, menu.get_by_role("button", name=name, exact=True), "ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#bar-summary")).to_be_focused()


def test_the_first_stop_skips_to_the_content(ada: Page) -> None:
    ada.goto("/me/")
    ada.keyboard.press("Tab")
    expect(ada.get_by_role("link", name="Skip to content")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.locator("#main")).to_be_focused()


def test_a_mode_a_reason_and_a_second_thought(server: Server, ada: Page) -> None:
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    server.do("call('Ada', wrap_up=60)")
    expect(status(ada)).to_have_text("On Call (Busy)")
    choose(ada, "Lunch")
    expect(ada.locator(".waiting")).to_contain_text("Lunch")
    tab_to(ada, ada.locator("#bar-cancel"), "Shift+Tab")
    ada.keyboard.press("Enter")
    expect(ada.locator(".waiting")).to_have_count(0)
    choose(ada, "Lunch")
    server.do("hang_up('Ada')")
    tab_to(ada, ada.locator("#bar-done"), "Shift+Tab")
    ada.keyboard.press("Space")
    expect(status(ada)).to_have_text("On Break")
    expect(ada.locator("#bar-summary")).to_contain_text("Lunch")


def test_escape_closes_the_menu_and_gives_the_focus_back(ada: Page) -> None:
    tab_to(ada, ada.locator("#bar-summary"))
    ada.keyboard.press("Enter")
    expect(ada.locator("#bar-menu")).to_have_attribute("open", "")
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("Escape")
    expect(ada.locator("#bar-menu")).not_to_have_attribute("open", "")
    expect(ada.locator("#bar-summary")).to_be_focused()


@pytest.mark.parametrize(
    ("button", "shown"), [("#bar-answer", "On Call (Busy)"), ("#bar-reject", "Busy")]
)
def test_a_call_is_answered_or_rejected(server: Server, ada: Page, button: str, shown: str) -> None:
    server.do("let_rollcall_decide()")
    choose(ada, "Available")
    server.do("call_in('0207')")
    tab_to(ada, ada.locator(button), "Shift+Tab")
    ada.keyboard.press("Enter")
    expect(status(ada)).to_have_text(shown)


def test_a_device_is_switched_and_a_queue_is_left(ada: Page) -> None:
    tab_to(ada, ada.locator("#bar-summary"))
    ada.keyboard.press("Enter")
    mobile = ada.locator("#bar-device-mobile")
    was = mobile.get_attribute("aria-checked")
    tab_to(ada, mobile)
    ada.keyboard.press("Space")
    expect(mobile).not_to_have_attribute("aria-checked", was or "")
    expect(mobile).to_be_focused()
    ada.keyboard.press("Escape")
    queue = ada.get_by_role("switch", name="Helpdesk")
    tab_to(ada, queue)
    ada.keyboard.press("Space")
    expect(ada.get_by_role("switch", name="Helpdesk")).to_have_attribute("aria-checked", "false")


def test_a_language_is_chosen_and_the_day_ends(ada: Page) -> None:
    ada.goto("/me/preferences/")
    tab_to(ada, ada.get_by_label("Language", exact=True))
    ada.keyboard.type("Esp")
    tab_to(ada, ada.locator("main form button.primary").first)
    ada.keyboard.press("Enter")
    expect(ada.locator("html")).to_have_attribute("lang", "es")
    ada.goto("/me/")
    tab_to(ada, ada.locator("#bar-summary"))
    ada.keyboard.press("Enter")
    tab_to(ada, ada.get_by_role("button", name="Cerrar sesión"))
    ada.keyboard.press("Enter")
    # The browser's language again: nobody is signed in.
    expect(ada.get_by_role("heading", name="Sign in")).to_be_visible()
