"""The Agent Monitor's rows in groups, and the focus while they come and go."""

from playwright.sync_api import expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import row
from tests.browser.test_monitor import focused


def test_groups_count_follow_changes_and_fold(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('Zed'); open_queue('Night', 'Ada', 'Zed')")
    monitor = sign_in("sam")
    monitor.get_by_label("Group by").select_option("Queue")
    helpdesk, night = (
        monitor.locator("tbody", has_text="Helpdesk"),
        monitor.locator("tbody", has_text="Night"),
    )
    expect(helpdesk.locator(".name")).to_have_text(["Ada", "Bob"])
    expect(night.locator(".name")).to_have_text(["Ada", "Zed"])
    expect(night.locator("[data-count=agents]")).to_have_text("2")
    expect(monitor.locator("#shown")).to_have_text("3 agents")
    server.do("work('Zed', 'available')")
    expect(night.locator("[data-count=ready]")).to_have_text("1")
    night.get_by_role("checkbox", name="Select Ada").check()
    expect(helpdesk.get_by_role("checkbox", name="Select Ada")).to_be_checked()
    expect(monitor.locator("#selected")).to_have_text("1 selected")
    night.locator(".fold").press("Enter")
    expect(night.locator(".fold")).to_have_attribute("aria-expanded", "false")
    expect(night.locator("tr[data-id]").first).to_be_hidden()
    monitor.get_by_label("Group by").select_option("Status")
    busy = monitor.locator("tbody[data-group=busy]")
    expect(busy).to_have_count(0)
    row(monitor, "Ada").focus()
    server.do("work('Ada', 'busy'); show('Ada')")
    expect(busy.locator(".name")).to_have_text(["Ada"])
    assert focused(monitor) == "Ada"
    monitor.reload()
    expect(busy.locator(".name")).to_have_text(["Ada"])


def test_focus_stays_near_when_its_row_leaves(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('Cid'); work('Cid', 'busy')")
    monitor = sign_in("sam")
    monitor.goto("/monitor/?status=offline")
    row(monitor, "Ada").focus()
    server.do("work('Ada', 'busy'); show('Ada')")
    expect(row(monitor, "Ada")).to_be_hidden()
    assert focused(monitor) == "Bob"
