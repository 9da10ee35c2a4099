"""Every page, in both themes, as an automatic check for accessibility sees it (axe-core)."""

from typing import Literal, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, SignIn
from tests.pages import MISSING, NUMBERS, PAGES

Theme = Literal["light", "dark"]
THEMES = get_args(Theme)


def violations(page: Page) -> list[str]:
    """What axe finds: its rules for WCAG 2.2 AA and what it calls best practice."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.fixture
def everything(server: Server) -> Server:
    """A floor on which Ada may do everything."""
    server.do("User.objects.filter(username='ada').update(is_staff=True, is_superuser=True)")
    server.do("from tests.pages import make_board; make_board('Floor'); call('Bob')")
    server.do("from tests.pages import make_view; make_view(Agent.objects.get(name='Ada'))")
    return server


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_has_anything_that_axe_finds(
    theme: Theme, everything: Server, sign_in: SignIn, chromium: Browser
) -> None:
    ada = sign_in("ada", color_scheme=theme)
    nobody = chromium.new_context(base_url=everything.url, color_scheme=theme).new_page()
    found = {}
    for opened in [*PAGES.values(), MISSING]:
        page = ada if opened.who == "ada" else nobody
        page.goto(opened.path.format(**NUMBERS))
        page.wait_for_load_state()
        if wrong := violations(page):
            found[opened.path] = wrong
    nobody.context.close()
    assert found == {}


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_that_opens_on_a_page_has_anything_that_axe_finds(
    theme: Theme, everything: Server, sign_in: SignIn
) -> None:
    """The agent's menu, a call that rings, what a supervisor does to an agent."""
    page = sign_in("ada", color_scheme=theme)
    page.locator("#bar-summary").click()
    assert violations(page) == []
    page.locator("#bar-available").click()
    expect(page.locator("#bar-summary")).to_contain_text("Available")
    everything.do("let_rollcall_decide(); call_in('0207 123')")
    expect(page.locator("#bar-offer")).to_be_visible()
    assert violations(page) == []
    page.locator("#bar-answer").click()
    expect(page.locator(".call")).to_be_visible()
    page.locator("#bar-summary").click()
    page.locator("#bar-menu").get_by_role("button", name="Lunch").click()
    expect(page.locator(".waiting")).to_be_visible()
    assert violations(page) == []
