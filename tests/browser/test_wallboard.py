"""A wallboard on a real screen: made by a supervisor, watched by nobody in particular."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    expect,
)

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import choose, status

Hang = Callable[..., Page]

FULL_HD = {"width": 1920, "height": 1080}
FIGURE = 0.04
"""A main figure's letters are at least this share of the screen's height."""
LINE = 0.029
"""And those of a line of words."""


@pytest.fixture
def keeper(sign_in: SignIn) -> Page:
    """Sam, on the page where wallboards are made."""
    page = sign_in("sam")
    page.get_by_role("link", name="Wallboards").click()
    return page


@pytest.fixture
def link(keeper: Page) -> str:
    """The link of a wallboard that Sam has just made."""
    keeper.get_by_label("Name").fill("Main hall")
    keeper.get_by_role("button", name="Make it and show its link").click()
    return keeper.get_by_label("Link").input_value()


@pytest.fixture
def hang(chromium: Browser, link: str) -> Iterator[Hang]:
    """`hang()` opens the link on a screen where nobody is signed in."""
    contexts: list[BrowserContext] = []

    def open_screen(
        query: str = "", prepare: Callable[[Page], None] | None = None, **options: Any
    ) -> Page:
        context = chromium.new_context(**{"viewport": FULL_HD} | options)
        contexts.append(context)
        page = context.new_page()
        if prepare:
            prepare(page)
        page.goto(link + query)
        return page

    yield open_screen
    for context in contexts:
        context.close()


def count(screen: Page, code: str) -> Locator:
    return screen.locator(f"#tiles [data-status={code}] b")


def queue(screen: Page, name: str) -> Locator:
    return screen.locator(".wall-queue").filter(has=screen.get_by_text(name, exact=True))


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {json.dumps([node['html'][:120] for node in one['nodes']])}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def test_a_screen_that_nobody_is_signed_in_on_shows_changes_live(
    server: Server, sign_in: SignIn, hang: Hang
) -> None:
    screen, ada = hang(), sign_in("ada")
    expect(queue(screen, "Helpdesk").get_by_text("Nobody ready")).to_be_visible()
    choose(ada, "Available")
    expect(status(ada)).to_have_text("Available")
    expect(count(screen, "available")).to_have_text("1", timeout=2000)
    expect(queue(screen, "Helpdesk").get_by_text("Nobody ready")).to_have_count(0)
    choose(ada, "Busy")
    expect(queue(screen, "Helpdesk").get_by_text("Nobody ready")).to_be_visible()
    server.do("let_rollcall_decide(); call_in('0207')")
    expect(queue(screen, "Helpdesk")).to_have_attribute("data-severity", "urgent")
    expect(queue(screen, "Helpdesk").locator(".longest time")).to_have_text("0:03")
    assert "Ada" not in screen.content()
    assert "0207" not in screen.content()


def test_alerts_come_and_go_on_a_screen_that_names_nobody(server: Server, hang: Hang) -> None:
    screen = hang()
    line = screen.locator("#alerts")
    expect(line.get_by_text("No alerts")).to_be_visible()
    server.do("over_long('Ada', 2000); over_long('Bob', 1000)")
    expect(line).to_contain_text("Critical: 2 agents too long in one status")
    expect(line.get_by_text("2 agents")).to_be_visible()
    letters = line.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert letters >= LINE * FULL_HD["height"]
    server.do("back('Ada'); back('Bob')")
    expect(line.get_by_text("All well")).to_be_visible()
    assert "Ada" not in screen.content()


def test_a_screen_goes_dark_within_seconds_when_its_link_is_revoked(
    keeper: Page, hang: Hang
) -> None:
    screen = hang()
    errors: list[str] = []
    screen.on("pageerror", lambda error: errors.append(str(error)))
    expect(screen.locator("#live")).to_be_visible()
    keeper.get_by_role("link", name="Revoke").click()
    keeper.get_by_role("button", name="Revoke").click()
    expect(screen.get_by_text("This link was revoked.")).to_be_visible(timeout=6000)
    expect(screen.locator("#wall")).to_have_count(0)
    screen.set_viewport_size({"width": 1280, "height": 720})
    assert errors == []
    screen.reload()
    expect(screen.get_by_role("heading", name="This link was revoked")).to_be_visible()


@pytest.mark.usefixtures("link")
@pytest.mark.parametrize(
    ("clicks", "said"),
    [
        ([("link", "Revoke"), ("button", "Revoke")], "This wallboard is closed, or you look after"),
        ([("button", "Sign out")], "You are signed out. Sign in again."),
    ],
)
def test_a_preview_says_why_it_ends(
    keeper: Page, clicks: list[tuple[Literal["link", "button"], str]], said: str
) -> None:
    keeper.get_by_role("link", name="Wallboards").click()
    preview = keeper.context.new_page()
    preview.goto(keeper.get_by_role("link", name="Preview").get_attribute("href") or "")
    expect(preview.locator("#live")).to_be_visible()
    for role, name in clicks:
        keeper.get_by_role(role, name=name).click()
    expect(preview.locator("#lost")).to_contain_text(said, timeout=6000)
    expect(preview.locator("#wall")).to_have_count(0)


def test_a_board_that_is_set_up_anew_shows_it_by_itself(keeper: Page, hang: Hang) -> None:
    screen = hang(prepare=lambda page: page.clock.install())
    expect(screen.locator("#live")).to_be_visible()
    keeper.get_by_role("link", name="Change").click()
    keeper.get_by_label("Name").fill("Lobby")
    with screen.expect_response(lambda answer: answer.url.endswith("/ticket/")):
        keeper.get_by_role("button", name="Save").click()
        screen.clock.run_for(3000)
    for _ in range(40):  # seconds pass on the screen, until it opens itself anew
        screen.clock.run_for(3000)
        if screen.get_by_role("heading", name="Lobby").count():
            break
    expect(screen.get_by_role("heading", name="Lobby")).to_be_visible()


def test_g20_while_the_server_is_away_it_says_how_old_it_is_and_then_recovers(
    server: Server, hang: Hang
) -> None:
    screen = hang()
    expect(screen.locator("#live")).to_be_visible()
    server.kill()
    expect(screen.get_by_text("No connection. Last update")).to_be_visible()
    expect(screen.locator("#live")).to_be_hidden()
    assert float(str(screen.locator("main").evaluate("e => getComputedStyle(e).opacity"))) < 0.5
    server.do("open_queues(1, 'Night')")
    server.start()
    expect(screen.get_by_text("No connection")).to_be_hidden()
    expect(queue(screen, "Night 0")).to_be_visible()


def test_g19_a_board_that_is_open_for_26_hours_still_shows_changes(
    server: Server, hang: Hang
) -> None:
    screen = hang(prepare=lambda page: page.clock.install())
    expect(screen.locator("#live")).to_be_visible()
    screen.clock.fast_forward("26:00:00")
    screen.clock.run_for(3000)
    server.do("open_queues(1, 'Night')")
    for _ in range(20):
        screen.clock.run_for(1000)
        if queue(screen, "Night 0").count():
            break
    expect(queue(screen, "Night 0")).to_be_visible()


SCREENS = {
    "full_hd": FULL_HD,
    "4k": {"width": 3840, "height": 2160},
    "portrait": {"width": 1080, "height": 1920},
    "phone": {"width": 390, "height": 844},
}
"""Screens, all of which a board has to fit."""


def resize(screen: Page, size: dict[str, int]) -> None:
    """And let it be drawn."""
    screen.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
    screen.evaluate("new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)))")


def shown(screen: Page) -> list[str]:
    """The queues on the page that is up."""
    return screen.locator(".wall-queue:visible h2").all_inner_texts()


def cut_off(screen: Page) -> list[str]:
    """What does not fit where it stands: queues' figures, and whatever is wider than the screen."""
    found: list[str] = screen.evaluate(
        """() => {
        const shown = ".wall-queue:not([hidden])";
        const figures = `${shown} .main dd:not(.target)`;
        const boxes = [shown, `${shown} > div`, figures, "html", "body"].join();
        const high = (e) => e.tagName !== "DD" && e.scrollHeight > e.clientHeight + 1;
        const over = (e) => high(e) || e.scrollWidth > e.clientWidth + 1;
        const name = (e) => `${e.tagName} ${e.className} ${e.innerText.slice(0, 60)}`;
        return [...document.querySelectorAll(boxes)].filter(over).map(name);
    }"""
    )
    return found


def test_every_queue_fits_every_screen_and_has_its_turn(server: Server, hang: Hang) -> None:
    screen, there = hang(), 1
    expect(screen.locator("#live")).to_be_visible()
    for wanted in (1, 6, 12, 30):
        server.do(f"open_queues({wanted - there}, 'Queue {wanted}')")
        expect(screen.locator(".wall-queue")).to_have_count(wanted)
        there = wanted
        for name, size in SCREENS.items():
            resize(screen, size)
            pages = screen.locator("#pages-all")
            seen = set(shown(screen))
            for _ in range(int(pages.inner_text() or 1) - 1):
                assert cut_off(screen) == [], (name, wanted)
                screen.get_by_role("button", name="Next page").click()
                seen |= set(shown(screen))
            assert cut_off(screen) == [], (name, wanted)
            assert len(seen) == wanted, (name, wanted)
            if name != "phone":
                assert smallest_figure(screen) >= FIGURE * min(size.values()), (name, wanted)
        resize(screen, FULL_HD)
        assert len(shown(screen)) >= min(wanted, 10)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_long_waits_fit_in_every_language(server: Server, hang: Hang, language: str) -> None:
    server.do(f"speak('{language}'); call_in('0207'); wait_hours(2); open_queues(11, 'Queue')")
    screen = hang()
    expect(queue(screen, "Helpdesk").locator(".longest time")).to_have_text(re.compile("^2:0"))
    for name, size in SCREENS.items():
        resize(screen, size)
        assert cut_off(screen) == [], name


def smallest_figure(screen: Page) -> float:
    """The height of the smallest letters of main figures, in pixels."""
    return float(
        screen.evaluate(
            """() => Math.min(...[...document.querySelectorAll(
                "#tiles b, .wall-queue:not([hidden]) .main dd:not(.target)"
            )].map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
    )


def test_pages_turn_by_themselves_unless_somebody_holds_them(server: Server, hang: Hang) -> None:
    server.do("open_queues(29, 'Queue')")
    screen = hang(prepare=lambda page: page.clock.install())
    at, pause = screen.locator("#at"), screen.get_by_role("button", name="Pause")
    expect(at).to_have_text("1")
    screen.clock.run_for(15_000)
    expect(at).to_have_text("2")
    pause.press("Enter")
    expect(pause).to_have_attribute("aria-pressed", "true")
    screen.clock.run_for(31_000)
    expect(at).to_have_text("2")
    screen.get_by_role("button", name="Next page").press("Enter")
    expect(at).to_have_text("3")
    pause.press("Enter")
    screen.clock.run_for(16_000)
    expect(at).to_have_text("1")


def test_where_motion_is_unwelcome_pages_wait_for_somebody(server: Server, hang: Hang) -> None:
    server.do("open_queues(29, 'Queue')")
    screen = hang(prepare=lambda page: page.clock.install(), reduced_motion="reduce")
    screen.clock.run_for(31_000)
    expect(screen.locator("#at")).to_have_text("1")


def test_the_clock_goes_by_the_boards_zone_and_not_the_screens(hang: Hang) -> None:
    screen = hang(timezone_id="America/Lima")
    expect(screen.locator("#live")).to_be_visible()
    told = screen.locator("#clock").inner_text()
    now = datetime.now(UTC)
    assert told in {f"{at:%H:%M}" for at in (now, now - timedelta(minutes=1))}


def test_axe_finds_nothing_serious_in_either_theme(
    server: Server, keeper: Page, hang: Hang
) -> None:
    server.do("let_rollcall_decide(); call_in('0207'); open_queues(29, 'Queue')")
    assert serious(keeper) == []
    for theme in ("dark", "light"):
        screen = hang(f"?theme={theme}")
        expect(queue(screen, "Helpdesk")).to_have_attribute("data-severity", "urgent")
        assert serious(screen) == []
    keeper.goto("/wallboards/")
    keeper.emulate_media(color_scheme="dark")
    assert serious(keeper) == []


def test_it_can_be_made_and_revoked_without_javascript(sign_in: SignIn) -> None:
    page = sign_in("sam", java_script_enabled=False)
    page.get_by_role("link", name="Wallboards").click()
    page.get_by_label("Name").fill("Main hall")
    page.get_by_role("button", name="Make it and show its link").click()
    link = page.get_by_label("Link").input_value()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke").click()
    page.goto(link)
    expect(page.get_by_text("Ask whoever looks after the wallboards")).to_be_visible()
