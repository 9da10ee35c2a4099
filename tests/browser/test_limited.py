"""The monitor of a supervisor whose limit changes while they look, and who loses the right."""

from playwright.sync_api import expect

from tests.browser.conftest import Server, SignIn


def test_what_is_not_seen_any_more_leaves_the_page_and_comes_back(
    server: Server, sign_in: SignIn
) -> None:
    server.do("crowd('Zed'); open_queue('Night', 'Ada', 'Zed')")
    monitor = sign_in("sam")
    monitor.get_by_label("Group by").select_option("Queue")
    groups, names = monitor.locator("#agents tbody[data-group]"), monitor.locator("#agents .name")
    expect(names).to_have_text(["Ada", "Bob", "Ada", "Zed"])
    server.do("limit('sam', 'Night')")
    expect(names).to_have_text(["Ada", "Zed"])
    expect(groups).to_have_count(1)
    expect(groups.locator(".label")).to_have_text("Night")
    expect(monitor.locator(".strip .queue .name")).to_have_text(["Night"])
    expect(monitor.locator("#shown")).to_have_text("2 agents")
    assert "Helpdesk" not in monitor.locator("#filters").inner_html()
    monitor.reload()
    expect(names).to_have_text(["Ada", "Zed"])
    server.do("lift('sam')")
    expect(names).to_have_text(["Ada", "Bob", "Ada", "Zed"])
    expect(groups).to_have_count(2)


def test_who_may_not_watch_any_more_keeps_nothing_on_the_screen(
    server: Server, sign_in: SignIn
) -> None:
    monitor = sign_in("sam")
    expect(monitor.locator("#agents .name")).to_have_text(["Ada", "Bob"])
    server.do("dismiss('sam')")
    expect(monitor.locator("#agents")).to_have_count(0)
    expect(monitor.get_by_text("You may not see this page any more.")).to_be_visible()
    assert "Ada" not in monitor.locator("main").inner_html()
