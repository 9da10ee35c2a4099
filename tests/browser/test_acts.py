"""A supervisor acts on an agent from the monitor, and each sees times of their own zone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import choose, row, status


def open_dialog(monitor: Page) -> None:
    monitor.get_by_role("link", name="Act on Ada").click()


def test_a_pending_mode_is_cancelled_and_a_phantom_call_ends(
    server: Server, sign_in: SignIn
) -> None:
    ada, monitor = sign_in("ada"), sign_in("sam")
    monitor.on("dialog", lambda asked: asked.accept())
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    server.do("call('Ada')")
    expect(status(ada)).to_have_text("On Call (Busy)")
    choose(ada, "Lunch")
    expect(row(monitor, "Ada").locator(".c-pending")).to_contain_text("Lunch")
    open_dialog(monitor)
    monitor.get_by_role("button", name="Cancel pending").click()
    expect(row(monitor, "Ada").locator(".c-pending")).to_have_text("")
    expect(monitor.locator("#dialog")).to_be_hidden()
    open_dialog(monitor)
    monitor.get_by_role("button", name="Reset phantom call").click()
    expect(status(ada)).to_have_text("Available")
    expect(row(monitor, "Ada").locator(".c-interaction")).to_have_text("")


def test_f1_whoever_is_logged_out_by_a_supervisor_is_told_to_sign_in(sign_in: SignIn) -> None:
    ada, monitor = sign_in("ada"), sign_in("sam")
    monitor.on("dialog", lambda asked: asked.accept())
    choose(ada, "Available")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Available")
    open_dialog(monitor)
    monitor.get_by_role("button", name="Log out").click()
    expect(ada.get_by_text("You are signed out. Sign in again.")).to_be_visible(timeout=3000)
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Offline")


def test_the_day_is_told_in_the_browsers_zone(sign_in: SignIn) -> None:
    page = sign_in("ada", timezone_id="Asia/Kathmandu")
    page.goto("/me/")
    began = page.locator(".spans li").last.locator("time").first
    local = began.evaluate(
        "time => new Date(time.dateTime).toLocaleTimeString('en-GB', {timeStyle: 'short'})"
    )
    expect(began).to_have_text(local)
    assert "+05:45" in str(began.get_attribute("datetime"))
