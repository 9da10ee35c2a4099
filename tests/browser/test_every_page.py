"""Every page as those meet it who see, point or move otherwise: narrow, zoomed, in forced colours,
without motion, with a finger. One floor and one browser for all, for nothing here changes either.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, cookies, floor
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
def signed_in(busy: Server) -> list[Any]:
    """The cookies of Ada's browser."""
    return cookies(busy.url, "ada")


class Walk:
    def __init__(self, server: Server, browser: Browser, signed_in: list[Any]) -> None:
        self._server, self._browser, self._signed_in = server, browser, signed_in

    def __call__(
        self, width: int = 1440, names: Collection[str] = PAGES.keys(), **options: Any
    ) -> Iterator[tuple[str, Page]]:
        """Every page, one after the other, in a window `width` CSS pixels wide."""
        options |= {"base_url": self._server.url, "viewport": {"width": width, "height": 800}}
        ada = self._browser.new_context(**options)
        ada.add_cookies(self._signed_in)
        nobody = self._browser.new_context(**options)
        pages = {"ada": ada.new_page(), "nobody": nobody.new_page()}
        for name in names:
            page = pages[PAGES[name].who]
            page.goto(PAGES[name].path.format(**NUMBERS))
            page.evaluate("document.fonts.ready")
            yield name, page
        ada.close()
        nobody.close()


@pytest.fixture
def walk(busy: Server, chromium: Browser, signed_in: list[Any]) -> Walk:
    return Walk(busy, chromium, signed_in)


def found(pages: Iterator[tuple[str, Page]], look: str) -> dict[str, list[str]]:
    """What `look` finds wrong, by page."""
    return {name: wrong for name, page in pages if (wrong := page.evaluate(look))}


def test_no_page_is_wider_than_320_pixels(walk: Walk) -> None:
    assert found(walk(320), SIDEWAYS) == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_whatever_is_pressed_has_room_and_is_not_clipped_when_text_is_twice_as_large(
    walk: Walk, width: int
) -> None:
    """Room is 24 CSS pixels, or as many to the next, as axe measures them."""
    options = {"runOnly": ["target-size"], "resultTypes": ["violations"]}
    small, clipped = {}, {}
    for name, page in walk(width):
        violations = Axe().run(page, options=options).response["violations"]
        small[name] = [node["html"][:160] for one in violations for node in one["nodes"]]
        page.evaluate("document.documentElement.style.fontSize = '28px'")
        clipped[name] = page.evaluate(CLIPPED)
    assert not any(small.values()), small
    assert not any(clipped.values()), clipped


def test_nothing_moves_for_those_who_want_no_motion(walk: Walk) -> None:
    assert found(walk(reduced_motion="reduce"), MOVING) == {}
    lively = {"agent_page", "wallboard"}
    assert found(walk(names=lively, reduced_motion="no-preference"), MOVING).keys() == lively


def test_signs_drawings_and_the_focus_have_an_edge_in_forced_colours(walk: Walk) -> None:
    look = f"() => ({EDGELESS})().concat(({UNDRAWN})())"
    edgeless = {}
    for name, page in walk(forced_colors="active"):
        edgeless[name] = page.evaluate(look)
        for _stop in range(5):
            page.keyboard.press("Tab")
            assert page.evaluate(OUTLINED), name
    assert not any(edgeless.values()), edgeless


def test_what_is_chosen_looks_chosen_in_forced_colours(
    busy: Server, chromium: Browser, signed_in: list[Any]
) -> None:
    context = chromium.new_context(base_url=busy.url, forced_colors="active")
    context.add_cookies(signed_in)
    page = context.new_page()
    page.goto("/monitor/")
    for chosen, others in (
        (".tile:has(.only[aria-current])", ".tile:not(:has([aria-current]))"),
        (".queue[aria-current]", ".queue:not([aria-current])"),
    ):
        plain = border(page, others)
        page.locator(others).locator(".only").or_(page.locator(f"a{others}")).first.click()
        expect(page.locator(chosen)).to_be_visible()
        assert border(page, chosen) != plain
    context.close()


def border(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("one => getComputedStyle(one).border"))
