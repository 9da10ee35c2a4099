"""The live floor in a real browser: an agent, a supervisor, and what comes between them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Server, SignIn


def choose(page: Page, name: str) -> None:
    page.locator("#bar-summary").click()
    page.locator("#bar-menu").get_by_role("button", name=name, exact=True).click()


def status(page: Page) -> Locator:
    return page.locator("#bar .now b")


def row(monitor: Page, name: str) -> Locator:
    return monitor.locator("#agents tbody tr").filter(has=monitor.get_by_text(name, exact=True))


@pytest.fixture
def ada(sign_in: SignIn) -> Page:
    return sign_in("ada")


@pytest.fixture
def monitor(sign_in: SignIn) -> Page:
    page = sign_in("sam")
    expect(page).to_have_title("Agent Monitor · Rollcall")
    return page


def test_a_supervisor_sees_what_an_agent_chooses(ada: Page, monitor: Page) -> None:
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Available", timeout=1000)
    choose(ada, "Lunch")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("On Break", timeout=1000)
    expect(row(monitor, "Ada").locator(".c-reason")).to_have_text("Lunch")
    tile = monitor.locator("#tiles [data-status=on_break]")
    expect(tile.locator(".count")).to_have_text("1")
    tile.locator(".only").click()
    expect(row(monitor, "Bob")).to_be_hidden()
    expect(monitor).to_have_url(re.compile(r"\?status=on_break&sort=agent$"))


def test_c1_to_c7_a_mode_waits_is_cancelled_and_applies(
    server: Server, ada: Page, monitor: Page
) -> None:
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    server.do("call('Ada')")
    expect(status(ada)).to_have_text("On Call (Busy)")
    expect(row(monitor, "Ada").locator(".c-queue")).to_have_text("Helpdesk")
    choose(ada, "Lunch")
    expect(ada.locator("#bar").get_by_text("Waiting for On Break")).to_be_visible()
    expect(row(monitor, "Ada").locator(".c-availability")).to_have_text("Mode Pending")
    ada.locator("#bar-cancel").click()
    expect(ada.locator("#bar").get_by_text("Waiting for")).to_have_count(0)
    expect(row(monitor, "Ada").locator(".c-pending")).to_be_empty()
    choose(ada, "Lunch")
    expect(row(monitor, "Ada").locator(".c-pending")).to_contain_text("Lunch")
    server.do("hang_up('Ada')")
    expect(status(ada)).to_have_text("On Break")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("On Break")


def test_c13_a_supervisor_sets_a_mode_and_the_agent_is_told(
    server: Server, ada: Page, monitor: Page
) -> None:
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    server.do("call('Ada')")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("On Call (Busy)")
    monitor.get_by_role("link", name="Act on Ada").click()
    monitor.get_by_role("radio", name="Busy").check()
    monitor.get_by_role("button", name="Set mode").click()
    expect(monitor.locator("#dialog")).to_be_hidden()
    expect(ada.locator("#bar").get_by_text("set by sam")).to_be_visible()


def test_e2_a_reload_within_grace_changes_nothing(ada: Page, monitor: Page) -> None:
    choose(ada, "Available")
    shown = row(monitor, "Ada").locator(".c-duration time")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Available")
    since = shown.get_attribute("data-since")
    ada.reload()
    expect(status(ada)).to_have_text("Available")
    expect(row(monitor, "Ada").locator("[data-state=on]")).to_have_count(1)
    expect(shown).to_have_attribute("data-since", str(since))


def test_e15_a_second_tab_shows_it_within_a_second(ada: Page) -> None:
    second = ada.context.new_page()
    second.goto("/me/")
    expect(status(second)).to_have_text("Offline")
    choose(ada, "Available")
    expect(status(second)).to_have_text("Available", timeout=1000)


def test_e16_while_the_server_is_away_nothing_pretends(
    server: Server, ada: Page, monitor: Page
) -> None:
    choose(ada, "Available")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Available")
    server.kill()
    for page in (ada, monitor):
        expect(page.get_by_text("Reconnecting… last update")).to_be_visible()
    expect(ada.locator("#bar-busy")).to_be_disabled()
    server.do("call('Ada')")
    server.start()
    for page in (ada, monitor):
        expect(page.locator("#lost")).to_be_hidden()
    expect(status(ada)).to_have_text("On Call (Busy)")
    expect(ada.locator("#bar-busy")).to_be_enabled()
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("On Call (Busy)")


@pytest.mark.parametrize("minutes", [-7, 7])
def test_g12_a_browser_whose_clock_is_wrong_shows_right_durations(
    server: Server, sign_in: SignIn, minutes: int
) -> None:
    server.do("age('Ada', 65)")
    wrong = datetime.now(UTC) + timedelta(minutes=minutes)
    page = sign_in("sam", prepare=lambda page: page.clock.install(time=wrong))
    expect(row(page, "Ada").locator(".c-duration time")).to_have_text(re.compile(r"^1:[0-4]\d$"))
    page.clock.run_for(2000)
    expect(row(page, "Ada").locator(".c-duration time")).to_have_text(re.compile(r"^1:[0-4]\d$"))


def test_g20_a_tab_that_was_hidden_is_right_within_a_second(
    server: Server, ada: Page, monitor: Page
) -> None:
    choose(ada, "Available")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Available")
    monitor.context.set_offline(True)
    monitor.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    choose(ada, "Busy")
    expect(status(ada)).to_have_text("Busy")
    monitor.context.set_offline(False)
    monitor.evaluate(
        "Object.defineProperty(document, 'hidden', {value: false});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Busy", timeout=1500)


def test_my_day_is_read_again_though_it_is_just_being_read(ada: Page) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    ada.route("**/me/", hold_the_first)
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    choose(ada, "Busy")
    expect(ada.locator("#me h1")).to_have_text("Busy")


def test_the_menu_works_by_keyboard_alone(ada: Page) -> None:
    ada.locator("#bar-summary").focus()
    ada.keyboard.press("Enter")
    ada.keyboard.press("ArrowDown")
    expect(ada.locator("#bar-available")).to_be_focused()
    ada.keyboard.press("Escape")
    expect(ada.locator("#bar-summary")).to_be_focused()
    expect(ada.locator("#bar-available")).to_be_hidden()
    ada.keyboard.press("Enter")
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("Enter")
    expect(status(ada)).to_have_text("Available")
    expect(ada.locator("#bar-summary")).to_be_focused()


def test_without_javascript_forms_and_links_do_the_same(sign_in: SignIn, ada: Page) -> None:
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    plain = sign_in("ada", java_script_enabled=False)
    choose(plain, "Lunch")
    expect(status(plain)).to_have_text("On Break")
    expect(status(ada)).to_have_text("On Break")
    board = sign_in("sam", java_script_enabled=False)
    board.get_by_role("link", name="1 On Break").click()
    expect(row(board, "Bob")).to_be_hidden()
    board.get_by_role("link", name="Act on Ada").click()
    board.get_by_role("radio", name="Busy").check()
    board.get_by_role("button", name="Set mode").click()
    expect(row(board, "Ada").locator(".c-status")).to_have_text("Busy")


def test_whoever_signs_out_elsewhere_is_told(ada: Page) -> None:
    second = ada.context.new_page()
    second.goto("/me/")
    expect(status(second)).to_have_text("Offline")
    ada.locator("#bar-summary").click()
    ada.get_by_role("button", name="Sign out").click()
    expect(second.get_by_text("You are signed out. Sign in again.")).to_be_visible()


def test_whoever_goes_back_after_signing_out_is_told(ada: Page) -> None:
    expect(ada.locator("#bar-busy")).to_be_enabled()
    ada.context.clear_cookies(name="sessionid")
    # As a browser does that kept the page, with all that it knew; a driven one keeps none.
    for event in ("pagehide", "pageshow"):
        ada.evaluate(f"dispatchEvent(new PageTransitionEvent('{event}', {{persisted: true}}))")
    expect(ada.get_by_text("You are signed out. Sign in again.")).to_be_visible()


def test_a_session_that_ended_is_said(ada: Page) -> None:
    expect(ada.locator("#bar-busy")).to_be_enabled()
    ada.context.clear_cookies(name="sessionid")
    ada.locator("#bar-busy").evaluate("button => button.click()")  # were it disabled, all the same
    expect(ada.get_by_text("You are signed out. Sign in again.")).to_be_visible()


def test_a_dialog_leads_whoever_is_signed_out_to_the_log_in(monitor: Page) -> None:
    expect(monitor.locator("#lost")).to_be_hidden()
    monitor.context.clear_cookies(name="sessionid")
    monitor.get_by_role("link", name="Act on Ada").click()
    dialog = monitor.locator("#dialog")
    expect(dialog).to_contain_text("You are signed out.")
    dialog.get_by_role("link", name="Sign in again").click()
    expect(monitor).to_have_url(re.compile("/login/.next=/monitor/"))


def test_a_dialog_says_what_did_not_get_through(server: Server, monitor: Page) -> None:
    dialog = monitor.locator("#dialog")
    monitor.get_by_role("link", name="Act on Ada").click()
    dialog.get_by_role("radio", name="Busy").check()
    monitor.route("**/mode/", lambda route: route.abort())
    dialog.get_by_role("button", name="Set mode").click()
    expect(dialog.get_by_text("That did not get through. Try again.")).to_be_visible()
    monitor.keyboard.press("Escape")
    monitor.get_by_role("link", name="Act on Bob").click()
    expect(dialog.get_by_text("That did not get through. Try again.")).to_be_visible()
    expect(dialog.get_by_text("Ada")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_rows_keep_their_order_and_lists_their_choice(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('_Zed', '1 Desk', 'desk 10', 'Desk 2')")
    monitor = sign_in("sam")
    names = monitor.locator("#agents .name")
    expect(names).to_have_text(["_Zed", "1 Desk", "Ada", "Bob", "Desk 2", "desk 10"])
    server.do("age('1 Desk', 9)")
    expect(row(monitor, "1 Desk").locator(".changed")).not_to_have_count(0)
    expect(names).to_have_text(["_Zed", "1 Desk", "Ada", "Bob", "Desk 2", "desk 10"])
    monitor.locator("[data-facet=team] summary").click()
    monitor.get_by_role("checkbox", name="Billing").check()
    server.do("rename_team('Billing', 'Invoices')")
    expect(monitor.get_by_role("checkbox", name="Invoices")).to_be_checked()
    expect(monitor.locator("#shown")).to_have_text("2 of 6 agents")


def test_nothing_is_wider_than_the_screen(server: Server, sign_in: SignIn) -> None:
    server.do("wait_long('Ada', 'Maximiliane-Alexandra von Hohenlohe-Waldenburg-Schillingsfürst')")
    for page in (sign_in("ada"), sign_in("sam")):
        expect(page.get_by_text("Training for the new ticket system").first).to_be_attached()
        for width in (1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
