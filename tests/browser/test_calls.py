"""A call in real browsers: it comes in, rings, is taken or turned away, and the floor sees it."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import choose, row, status

CALLER = "+44 20 7946 0018"


@pytest.fixture
def ada(server: Server, sign_in: SignIn) -> Page:
    """Ada, who is Available on a floor where Rollcall decides."""
    server.do("let_rollcall_decide()")
    return available(sign_in, "ada")


@pytest.fixture
def monitor(sign_in: SignIn) -> Page:
    return sign_in("sam")


def available(sign_in: SignIn, name: str) -> Page:
    page = sign_in(name)
    choose(page, "Available")
    expect(status(page)).to_have_text("Available")
    return page


def offer(page: Page) -> Locator:
    return page.locator("#bar-offer")


def card(monitor: Page) -> Locator:
    return monitor.locator("#strip .queue")


def people(monitor: Page, kind: str) -> Locator:
    return card(monitor).get_by_title(kind, exact=True)


def test_b1_b2_a_call_rings_is_answered_and_everybody_sees_it(
    server: Server, ada: Page, monitor: Page
) -> None:
    title = ada.title()
    expect(people(monitor, "Ready")).to_contain_text("1 ready")
    server.do(f"call_in('{CALLER}')")
    expect(offer(ada)).to_contain_text(CALLER)
    expect(offer(ada)).to_contain_text("Helpdesk")
    expect(offer(ada).locator("time")).to_have_text(re.compile(r"^0:[01]\d$"))
    expect(ada).to_have_title(f"Call: {CALLER} · Rollcall")
    expect(ada.locator("#announcement")).to_contain_text(f"Call from {CALLER}, Helpdesk.")
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Ringing (Offered)")
    expect(row(monitor, "Ada").locator(".c-queue")).to_have_text("Helpdesk")
    expect(row(monitor, "Ada").locator(".c-caller")).to_have_text(CALLER)
    expect(card(monitor)).to_have_attribute("data-severity", "urgent")
    expect(card(monitor).locator(".waits")).to_contain_text("1 waiting")
    ada.get_by_role("button", name="Answer").click()
    expect(status(ada)).to_have_text("On Call (Busy)")
    expect(offer(ada)).to_have_count(0)
    expect(ada).to_have_title(title)
    expect(ada.locator("#announcement")).to_be_empty()
    expect(row(monitor, "Ada").locator(".c-status")).to_have_text("On Call (Busy)")
    expect(card(monitor).locator(".waits")).to_contain_text("0 waiting")
    expect(card(monitor)).to_contain_text("Nobody ready")
    expect(people(monitor, "Engaged")).to_contain_text("1 engaged")
    expect(card(monitor).locator(".level")).to_contain_text("100 %")


def test_b7_a_rejected_call_rings_at_the_next_agent(
    server: Server, sign_in: SignIn, ada: Page, monitor: Page
) -> None:
    server.do(f"call_in('{CALLER}')")
    expect(offer(ada)).to_be_visible()
    bob = available(sign_in, "bob")
    ada.get_by_role("button", name="Reject").click()
    expect(status(ada)).to_have_text("Busy")
    expect(offer(ada)).to_have_count(0)
    expect(offer(bob)).to_contain_text(CALLER)
    expect(row(monitor, "Bob").locator(".c-status")).to_have_text("Ringing (Offered)")


def test_b8_a_caller_who_hangs_up_leaves_nothing_to_answer(
    server: Server, ada: Page, monitor: Page
) -> None:
    server.do(f"call_in('{CALLER}')")
    expect(offer(ada)).to_be_visible()

    def too_late(route: Route) -> None:
        server.do(f"give_up('{CALLER}')")
        expect(row(monitor, "Ada").locator(".c-status")).to_have_text("Available")
        route.continue_()

    ada.route("**/me/offer/answer/", too_late)
    ada.get_by_role("button", name="Answer").click()
    expect(ada.locator("#bar .refusal")).to_have_text("That call does not ring at you any more.")
    expect(offer(ada)).to_have_count(0)
    expect(status(ada)).to_have_text("Available")
    expect(card(monitor).locator(".waits")).to_contain_text("0 waiting")


def test_a_call_takes_the_focus_from_nobody_and_is_a_tab_away(server: Server, ada: Page) -> None:
    summary = ada.locator("#bar-summary")
    summary.focus()
    server.do(f"call_in('{CALLER}')")
    expect(offer(ada)).to_be_visible()
    expect(summary).to_be_focused()
    server.do(f"give_up('{CALLER}')")
    expect(offer(ada)).to_have_count(0)
    summary.blur()
    server.do("call_in('0207')")
    expect(offer(ada)).to_be_focused()
    ada.keyboard.press("Space")
    expect(status(ada)).to_have_text("Ringing (Offered)")
    ada.keyboard.press("Tab")
    expect(ada.locator("#bar-answer")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(status(ada)).to_have_text("On Call (Busy)")


def test_e16_a_call_cannot_be_taken_while_the_server_is_away(server: Server, ada: Page) -> None:
    server.do(f"call_in('{CALLER}')")
    expect(ada.locator("#bar-answer")).to_be_enabled()
    server.kill()
    expect(ada.locator("#bar-answer")).to_be_disabled()
    expect(ada.locator("#bar-reject")).to_be_disabled()
    expect(ada.get_by_role("switch", name="Helpdesk")).to_be_disabled()


def test_a8_a_switch_lets_an_agent_out_of_a_queue(ada: Page, monitor: Page) -> None:
    switch = ada.get_by_role("switch", name="Helpdesk")
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()
    expect(ada.get_by_text("You get no calls from Helpdesk: opted out.")).to_be_visible()
    expect(people(monitor, "Withdrawn")).to_contain_text("1 withdrawn")
    expect(card(monitor)).to_contain_text("Nobody ready")
    expect(row(monitor, "Ada").locator(".c-availability")).to_have_text("Available")
    switch.click()
    expect(switch).to_be_checked()
    expect(people(monitor, "Ready")).to_contain_text("1 ready")


def test_a_queue_on_the_strip_filters_the_agents(server: Server, monitor: Page) -> None:
    server.do("crowd('Zed')")
    expect(row(monitor, "Zed")).to_be_visible()
    card(monitor).focus()
    monitor.keyboard.press("Enter")
    expect(row(monitor, "Zed")).to_be_hidden()
    expect(row(monitor, "Ada")).to_be_visible()
    expect(monitor).to_have_url(re.compile(r"\?queue=\d+&sort=agent$"))
    expect(card(monitor)).to_have_attribute("aria-current", "true")
    server.do("call_in('0207')")
    expect(card(monitor).locator(".waits")).to_contain_text("1 waiting")
    expect(card(monitor)).to_have_attribute("aria-current", "true")
    expect(card(monitor)).to_be_focused()
    card(monitor).click()
    expect(row(monitor, "Zed")).to_be_visible()


def test_nothing_is_wider_than_the_screen_while_a_call_rings(
    server: Server, sign_in: SignIn, ada: Page, monitor: Page
) -> None:
    caller = "Maximiliane von Hohenlohe-Waldenburg-Schillingsfuerst, " * 2
    server.do(f"call_in('{caller[:80]}'); open_queues(30, 'Complaints of the northern region')")
    expect(offer(ada)).to_be_visible()
    expect(card(monitor)).to_have_count(31)
    for page in (ada, monitor):
        for width in (1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    for name in ("Answer", "Reject"):
        expect(ada.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
