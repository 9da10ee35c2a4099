"""Whoever leaves their desk is asked whether they are there, and a key or a pointer answers."""

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import choose, status


def available(sign_in: SignIn) -> Page:
    page = sign_in("ada")
    choose(page, "Available")
    expect(status(page)).to_have_text("Available")
    return page


def test_an_agent_is_asked_in_time_and_answers_by_keyboard(server: Server, sign_in: SignIn) -> None:
    page = available(sign_in)
    expect(page.locator("#idle")).to_be_hidden()
    server.do("let_idle('Ada', 70)")
    asked = page.get_by_role("alert").filter(has_text="Are you there?")
    expect(asked).to_contain_text("Busy")
    button = asked.get_by_role("button", name="I am here")
    button.focus()
    with page.expect_response("**/me/active/") as told:
        page.keyboard.press("Enter")
    assert 110 < told.value.json()["left"] <= 120
    expect(page.locator("#idle")).to_be_hidden()
    expect(page.locator("#bar-summary")).to_be_focused()
    expect(status(page)).to_have_text("Available")


def test_who_gives_no_sign_is_told_why_their_status_is_another(
    server: Server, sign_in: SignIn
) -> None:
    page = available(sign_in)
    server.do("let_idle('Ada', 125)")
    expect(status(page)).to_have_text("Busy")
    expect(page.locator("#bar-summary")).to_contain_text("Idle too long")
    expect(page.locator("#idle")).to_be_hidden()


def test_signs_are_told_once_a_minute_by_all_pages_together(
    server: Server, sign_in: SignIn
) -> None:
    page = available(sign_in)
    server.do("let_idle('Ada', 0)")
    expect(page.locator("#bar")).to_have_attribute("data-idle-then", "Busy")
    page.clock.install()
    other = page.context.new_page()
    other.goto("/me/")
    told: list[float] = []
    watch(page, told)
    watch(other, told)
    page.bring_to_front()
    for seconds in (10, 10, 10, 10, 15):
        page.mouse.move(seconds, len(told) + 5)
        page.mouse.move(seconds + 9, len(told) + 9)
        page.clock.fast_forward(seconds * 1000)
    other.mouse.move(40, 40)
    assert len(told) == 1
    page.clock.fast_forward(30_000)
    expect(page.locator("#idle")).to_be_hidden()
    assert len(told) == 2


def watch(page: Page, told: list[float]) -> None:
    def note(request: Request) -> None:
        if request.url.endswith("/me/active/"):
            told.append(1)

    page.on("request", note)
