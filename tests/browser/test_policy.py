"""In a real browser, no page asks for what its own policy forbids; a script that was smuggled in
does not run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Server, floor
from tests.nursery import Nursery
from tests.pages import NUMBERS, PAGES, admin_lists
from tests.waiting import until

SMUGGLED = """
() => {
  const script = document.createElement("script");
  script.textContent = "window.smuggled = true";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.smuggled = true'>");
}
"""


@pytest.fixture(scope="module")
def busy(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, nursery: Nursery
) -> Iterator[Server]:
    with floor(tmp_path_factory.mktemp("policy"), migrated, nursery) as server:
        server.do(
            "User.objects.filter(username='ada').update(is_staff=True, is_superuser=True)\n"
            "from tests.pages import make_board, make_view\nmake_board('Floor')\n"
            "make_view(Agent.objects.get(name='Ada'))"
        )
        yield server


def test_no_page_asks_for_what_its_policy_forbids(busy: Server, chromium: Browser) -> None:
    context = chromium.new_context(base_url=busy.url)
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    page = context.new_page()
    sign_in(page)
    lists = list(admin_lists().values())
    ours = [one.path.format(**NUMBERS) for one in PAGES.values()]
    for path in [*ours, "/admin/", "/api/v1/docs", *lists, *(f"{one}add/" for one in lists)]:
        page.goto(path)
        if path == "/api/v1/docs":
            page.get_by_text("List agents").first.wait_for()
        assert not forbidden(said), path
    page.goto("/monitor/")
    page.evaluate(SMUGGLED)
    until(lambda: page.evaluate("document.images[0]?.complete ?? true"))
    assert page.evaluate("() => window.smuggled") is None
    assert forbidden(said), "the browser says what it forbids"
    context.close()


def forbidden(said: list[str]) -> list[str]:
    return [text for text in said if "Content Security Policy" in text]


def sign_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/me/")
