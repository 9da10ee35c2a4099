"""Every page as those meet it who see, point or move otherwise: narrow, zoomed, in forced colours,
without motion, with a finger. One floor and one browser for all, for nothing here changes either.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, floor
from tests.nursery import Nursery
from tests.pages import NUMBERS, PAGES

ASIDE = """
element => {
  for (let at = element.parentElement; at !== document.body && at; at = at.parentElement)
    if (getComputedStyle(at).overflowX !== "visible") return true;
  return false;
}
"""
SIDEWAYS = f"""
() => {{
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const aside = {ASIDE};
  return [...document.body.querySelectorAll("*")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !aside(one))
    .map(one => one.outerHTML.slice(0, 120)).concat("scrolls sideways");
}}
"""
CLIPPED = f"""
() => {{
  const aside = {ASIDE};
  return [...document.querySelectorAll("a, button, select, summary, label")]
    .filter(one => one.checkVisibility() && !one.matches(".skip"))
    .filter(one => {{
      const box = one.getBoundingClientRect();
      const hides = getComputedStyle(one).overflow !== "visible";
      const cut = hides && one.scrollHeight > one.clientHeight + 1;
      return cut || (!aside(one) && (box.left < -1 || box.right > innerWidth + 1));
    }})
    .map(one => one.outerHTML.slice(0, 120));
}}
"""
MOVING = """
() => document.getAnimations().filter(one => one.playState === "running")
  .map(one => one.animationName ?? one.transitionProperty)
"""
# What the eye tells by its ground alone when colours are the viewer's own: each has an edge then.
EDGELESS = """
() => [...document.querySelectorAll(
    ".chip, .avatar, .knob, .alert, .note, .idle, .lost, [aria-current]:not(.only, .entries *), "
    + ".tile:has(.only[aria-current]), .wall-tiles p, .wall-alerts p"
  )]
  .filter(one => one.checkVisibility())
  .filter(one => {
    const style = getComputedStyle(one);
    return !["Top", "Bottom"].some(side => parseFloat(style[`border${side}Width`]) > 0
      && style[`border${side}Style`] !== "none") && style.outlineStyle === "none";
  })
  .map(one => one.outerHTML.slice(0, 120))
"""
UNDRAWN = """
() => [...document.querySelectorAll(".timeline .part rect:first-of-type, .point circle, .ground")]
  .filter(one => getComputedStyle(one).fill === getComputedStyle(one).stroke
    || getComputedStyle(one).stroke === "none" && !one.matches(".ground"))
  .map(one => one.outerHTML.slice(0, 120))
"""

OUTLINED = """
() => document.activeElement === document.body || [null, "::after"].some(part =>
  getComputedStyle(document.activeElement, part).outlineStyle !== "none")
"""


@pytest.fixture(scope="module")
def busy(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, nursery: Nursery
) -> Iterator[Server]:
    """Ada, who may do everything, is rung; Bob's break is too long; there is a wallboard."""
    with floor(tmp_path_factory.mktemp("busy"), migrated, nursery) as server:
        server.do(
            "User.objects.filter(username='ada').update(is_staff=True, is_superuser=True)\n"
            "from tests.pages import make_board, make_view\nmake_board('Floor')\n"
            "make_view(Agent.objects.get(name='Ada'))\n"
            "let_rollcall_decide(); Queue.objects.get().ring_groups.update(ring_seconds=3600)\n"
            "show('Ada'); work('Ada', 'available'); call_in('0207 123')\n"
            "over_long('Bob', 2000)"
        )
        yield server


@pytest.fixture(scope="module")
def signed_in(busy: Server, chromium: Browser) -> Any:
    """What a browser keeps of Ada's signing in."""
    page = chromium.new_page(base_url=busy.url)
    page.goto("/login/")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(f"{busy.url}/login/")
    state = page.context.storage_state()
    page.close()
    return state


class Walk:
    def __init__(self, server: Server, browser: Browser, state: Any) -> None:
        self._server, self._browser, self._state = server, browser, state

    def __call__(self, width: int = 1440, **options: Any) -> Iterator[tuple[str, Page]]:
        """Every page, one after the other, in a window `width` CSS pixels wide."""
        options |= {"base_url": self._server.url, "viewport": {"width": width, "height": 800}}
        ada = self._browser.new_context(storage_state=self._state, **options)
        nobody = self._browser.new_context(**options)
        pages = {"ada": ada.new_page(), "nobody": nobody.new_page()}
        for name, opened in PAGES.items():
            page = pages[opened.who]
            page.goto(opened.path.format(**NUMBERS))
            page.evaluate("document.fonts.ready")
            yield name, page
        ada.close()
        nobody.close()


@pytest.fixture
def walk(busy: Server, chromium: Browser, signed_in: Any) -> Walk:
    return Walk(busy, chromium, signed_in)


def found(pages: Iterator[tuple[str, Page]], look: str) -> dict[str, list[str]]:
    """What `look` finds wrong, by page."""
    return {name: wrong for name, page in pages if (wrong := page.evaluate(look))}


def test_no_page_is_wider_than_320_pixels(walk: Walk) -> None:
    assert found(walk(320), SIDEWAYS) == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_to_press_is_clipped_when_text_is_twice_as_large(walk: Walk, width: int) -> None:
    wrong = {}
    for name, page in walk(width):
        page.evaluate("document.documentElement.style.fontSize = '28px'")
        if clipped := page.evaluate(CLIPPED):
            wrong[name] = clipped
    assert wrong == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_whatever_is_pressed_is_large_or_far_enough_from_the_next(walk: Walk, width: int) -> None:
    """24 CSS pixels, as axe measures them."""
    options = {"runOnly": ["target-size"], "resultTypes": ["violations"]}
    wrong = {}
    for name, page in walk(width):
        violations = Axe().run(page, options=options).response["violations"]
        if small := [node["html"][:160] for one in violations for node in one["nodes"]]:
            wrong[name] = small
    assert wrong == {}


def test_nothing_moves_for_those_who_want_no_motion(walk: Walk) -> None:
    assert found(walk(reduced_motion="reduce"), MOVING) == {}
    assert found(walk(reduced_motion="no-preference"), MOVING).keys() >= {"agent_page", "wallboard"}


def test_signs_and_drawings_have_an_edge_in_forced_colours(walk: Walk) -> None:
    look = f"() => ({EDGELESS})().concat(({UNDRAWN})())"
    assert found(walk(forced_colors="active"), look) == {}


def test_the_focus_is_seen_in_forced_colours(walk: Walk) -> None:
    for name, page in walk(forced_colors="active"):
        for _stop in range(5):
            page.keyboard.press("Tab")
            assert page.evaluate(OUTLINED), name


def test_what_is_chosen_looks_chosen_in_forced_colours(
    busy: Server, chromium: Browser, signed_in: Any
) -> None:
    page = chromium.new_page(base_url=busy.url, storage_state=signed_in, forced_colors="active")
    page.goto("/monitor/")
    for chosen, others in (
        (".tile:has(.only[aria-current])", ".tile:not(:has([aria-current]))"),
        (".queue[aria-current]", ".queue:not([aria-current])"),
    ):
        plain = border(page, others)
        page.locator(others).locator(".only").or_(page.locator(f"a{others}")).first.click()
        expect(page.locator(chosen)).to_be_visible()
        assert border(page, chosen) != plain
    page.context.close()


def border(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("one => getComputedStyle(one).border"))
