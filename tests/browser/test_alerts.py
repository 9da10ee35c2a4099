"""Alerts in a supervisor's browser: they come by themselves, are told once, and go with a key."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, SignIn
from tests.waiting import until

NOTICES = """
window.told = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (this.permission = "granted"); }
  constructor(words, options) { window.told.push([words, options.tag]); }
  close() {}
};
"""
TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.tones += 1;
  return start.apply(this, when);
};
"""


def alerts(page: Page) -> Locator:
    return page.locator("#alerts .alert:visible")


def opened(page: Page) -> Page:
    page.goto("/monitor/")
    expect(page.get_by_text("All well")).to_be_visible()
    return page


def over_long(server: Server, *, critical: bool = False) -> None:
    """Ada's break is too long, as it was before anybody chose it."""
    server.do(f"over_long('Ada', {2000 if critical else 1000})")


def prepare(page: Page) -> None:
    page.add_init_script(NOTICES + TONES)


def test_an_alert_comes_marks_the_row_and_goes_by_itself(server: Server, sign_in: SignIn) -> None:
    monitor = opened(sign_in("sam"))
    over_long(server)
    one = alerts(monitor)
    expect(one).to_contain_text("On Break for too long")
    expect(one).to_contain_text(re.compile(r"16:\d\d"))
    expect(monitor).to_have_title(re.compile(r"^\(1\) Agent Monitor"))
    expect(monitor.locator("#alerts-said")).to_have_text("Warning: Ada, On Break for too long")
    expect(monitor.locator("tr[data-alert=warning]:has-text('Ada') .alarm")).to_be_visible()
    server.do("back('Ada')")
    expect(monitor.get_by_text("All well")).to_be_visible()
    expect(monitor).to_have_title(re.compile(r"^Agent Monitor"))
    expect(monitor.locator("tr[data-alert]")).to_have_count(0)


def test_e16_while_the_server_is_away_nobody_can_acknowledge(
    server: Server, sign_in: SignIn
) -> None:
    monitor = opened(sign_in("sam"))
    over_long(server)
    button = alerts(monitor).get_by_role("button", name="Acknowledge")
    expect(button).to_be_enabled()
    server.kill()
    expect(button).to_be_disabled()
    expect(monitor.locator("#alerts-list")).to_have_css("filter", "grayscale(0.85)")
    server.start()
    expect(button).to_be_enabled()


def test_nothing_below_moves_when_alerts_come_or_a_menu_opens(
    server: Server, sign_in: SignIn
) -> None:
    monitor = opened(sign_in("sam", viewport={"width": 1024, "height": 800}))
    table = monitor.locator("#sheet")
    before = table.bounding_box()
    over_long(server)
    expect(alerts(monitor)).to_have_count(1)
    assert table.bounding_box() == before
    server.do("over_long('Bob', 2000)")
    expect(alerts(monitor)).to_have_count(2)
    assert table.bounding_box() == before
    more = monitor.locator("#alerts-more")
    more.get_by_text("Show all 2").click()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(alerts(monitor).nth(1)).to_be_in_viewport(ratio=1)
    assert table.bounding_box() == before
    more.get_by_text("Show fewer").click()
    for menu in ("#views", "#layout", "[data-facet=status]"):
        monitor.locator(f"{menu} summary").click()
        assert table.bounding_box() == before
        monitor.keyboard.press("Escape")


def test_what_is_critical_is_said_at_once(server: Server, sign_in: SignIn) -> None:
    monitor = opened(sign_in("sam"))
    over_long(server, critical=True)
    expect(monitor.locator("#alerts-shouted")).to_have_text("Critical: Ada, On Break for too long")
    expect(monitor.locator("#alerts-said")).to_have_text("")


def test_it_is_acknowledged_by_keyboard_and_every_board_says_by_whom(
    server: Server, sign_in: SignIn
) -> None:
    monitor, other = opened(sign_in("sam")), opened(sign_in("sam"))
    over_long(server)
    button = alerts(monitor).get_by_role("button", name="Acknowledge")
    button.focus()
    monitor.keyboard.press("Enter")
    for page in (monitor, other):
        expect(alerts(page).locator(".by")).to_contain_text("sam")
        expect(page).to_have_title(re.compile(r"^Agent Monitor"))
    focused = monitor.evaluate("document.activeElement.closest('.alert')?.id ?? ''")
    assert focused.startswith("alert-")


def test_the_focus_stays_where_it_is_when_another_alert_comes(
    server: Server, sign_in: SignIn
) -> None:
    monitor = opened(sign_in("sam"))
    over_long(server)
    alerts(monitor).get_by_role("button").focus()
    server.do("over_long('Bob', 2000)")
    expect(alerts(monitor)).to_have_count(2)
    assert "Ada" in str(monitor.evaluate("document.activeElement.textContent"))


def test_a_notification_is_shown_once_in_whichever_tab_and_not_after_a_reload(
    server: Server, sign_in: SignIn
) -> None:
    first = sign_in("sam", prepare)
    opened(first)
    second = first.context.new_page()
    prepare(second)
    opened(second)
    first.get_by_role("button", name="Turn notifications on").click()
    expect(first.get_by_role("button", name="Turn notifications off")).to_be_visible()
    second.evaluate("Notification.permission = 'granted'")
    over_long(server)
    for tab in (first, second):
        expect(alerts(tab)).to_have_count(1)
    until(lambda: first.evaluate("localStorage.getItem('rollcall.alerts.told')?.includes('.0')"))
    second.wait_for_timeout(600)  # the longest that a silent tab waits for its turn
    told = [*first.evaluate("told"), *second.evaluate("told")]
    assert [words for words, _ in told] == ["Warning: Ada, On Break for too long"]
    first.reload()
    expect(alerts(first)).to_have_count(1)
    first.wait_for_timeout(600)
    assert first.evaluate("told") == []


def test_a_connection_that_was_lost_tells_nothing_again(server: Server, sign_in: SignIn) -> None:
    monitor = sign_in("sam", prepare)
    opened(monitor)
    monitor.get_by_role("button", name="Turn notifications on").click()
    over_long(server)
    until(lambda: monitor.evaluate("told.length === 1"))
    server.kill()
    expect(monitor.locator("#lost")).to_be_visible()
    server.start()
    expect(monitor.locator("#lost")).to_be_hidden()
    expect(alerts(monitor)).to_have_count(1)
    monitor.wait_for_timeout(600)
    assert monitor.evaluate("told.length") == 1


@pytest.mark.parametrize("sound", ["once", "repeat"])
def test_sound_is_turned_on_by_a_click_and_remembered(
    server: Server, sign_in: SignIn, sound: str
) -> None:
    server.do(f"from alerts.models import Rule; Rule.objects.update(warning_sound='{sound}')")
    monitor = sign_in("sam", prepare)
    opened(monitor)
    button = monitor.locator("#alerts-sound")
    expect(button).to_have_text("Turn sound on")
    button.click()
    expect(button).to_have_text("Turn sound off")
    until(lambda: monitor.evaluate("tones === 2"))  # a trial
    over_long(server)
    until(lambda: monitor.evaluate("tones === 4"))
    if sound == "repeat":
        until(lambda: monitor.evaluate("tones >= 6"))
        alerts(monitor).get_by_role("button", name="Acknowledge").click()
        expect(alerts(monitor).locator(".by")).to_be_visible()
    quiet = monitor.evaluate("tones")
    monitor.wait_for_timeout(6500)  # longer than the pause between two tones
    assert monitor.evaluate("tones") == quiet
    monitor.reload()
    expect(button).not_to_have_text("Turn sound on")
    button.click()
    button.click()
    expect(button).to_have_text(re.compile("Turn sound o"))


def test_sound_that_the_browser_blocks_is_said_to_be(sign_in: SignIn) -> None:
    monitor = sign_in("sam")
    monitor.evaluate("localStorage.setItem('rollcall.alerts.sound', 'on')")
    blocked = """
    Object.defineProperty(AudioContext.prototype, "state", { get: () => "suspended" });
    AudioContext.prototype.resume = () => new Promise(() => {});
    """
    monitor.add_init_script(blocked)
    opened(monitor)
    expect(monitor.locator("#alerts-sound")).to_contain_text("The browser blocks sound")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_alerts_or_their_history(
    server: Server, sign_in: SignIn, scheme: str
) -> None:
    monitor = opened(sign_in("sam", color_scheme=scheme))
    over_long(server)
    server.do("over_long('Bob', 2000)")
    expect(alerts(monitor)).to_have_count(2)
    expect(monitor.locator("#lost")).to_be_hidden()
    for context in ("#alerts", "tr[data-alert]"):
        found = Axe().run(monitor, context=context).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    monitor.goto("/alerts/")
    found = Axe().run(monitor, context="main").response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
