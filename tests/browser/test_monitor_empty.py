"""The Agent Monitor of a new installation."""

from playwright.sync_api import expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_monitor import names


def test_a_new_installation_is_told_what_to_do_next(server: Server, sign_in: SignIn) -> None:
    server.do("Agent.objects.update(active=False); User.objects.update(is_staff=True)")
    monitor = sign_in("sam")
    expect(monitor.get_by_role("heading", name="The floor is empty")).to_be_visible()
    steps = monitor.locator(".steps li")
    expect(steps).to_have_count(5)
    expect(steps.nth(1)).to_contain_text("Done: A team")
    expect(steps.nth(2).get_by_role("link")).to_have_attribute("href", "/admin/presence/agent/add/")
    server.do("crowd('Zed')")
    expect(names(monitor)).to_have_text(["Zed"])
    expect(monitor.get_by_role("heading", name="The floor is empty")).to_be_hidden()
