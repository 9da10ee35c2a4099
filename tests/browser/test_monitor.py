"""The Agent Monitor: filters, groups, views, columns and acts, by mouse and by keyboard."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, SignIn
from tests.browser.test_live import row


def names(monitor: Page) -> Locator:
    return monitor.locator("#agents tbody:not([hidden]) tr:not([hidden]) .name")


def test_f11_filters_combine_stay_in_the_address_and_are_gone_back_from(
    server: Server, sign_in: SignIn
) -> None:
    server.do("crowd('Zed'); work('Zed', 'busy'); work('Ada', 'available')")
    monitor = sign_in("sam")
    monitor.locator("[data-facet=status] summary").click()
    monitor.get_by_role("checkbox", name="Busy", exact=True).check()
    monitor.get_by_role("checkbox", name="Available", exact=True).first.check()
    expect(monitor.locator("#shown")).to_have_text("1 of 3 agents")
    expect(names(monitor)).to_have_text(["Zed"])
    assert monitor.url.endswith("?status=available,busy&sort=agent")
    monitor.keyboard.press("Escape")
    monitor.get_by_role("searchbox", name="Find").fill("nobody")
    expect(monitor.get_by_text("Nobody matches")).to_be_visible()
    address = monitor.url
    copied = monitor.context.new_page()
    copied.goto(address)
    expect(copied.get_by_text("Nobody matches")).to_be_visible()
    copied.get_by_role("link", name="Show everybody").click()
    expect(names(copied)).to_have_text(["Ada", "Bob", "Zed"])
    copied.go_back()
    expect(copied.get_by_text("Nobody matches")).to_be_visible()


def test_f13_tiles_follow_the_other_filters(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('Zed'); work('Zed', 'busy')")
    monitor = sign_in("sam")
    busy = monitor.locator("#tiles [data-status=busy]")
    expect(busy.locator(".count")).to_have_text("1")
    monitor.locator("[data-facet=team] summary").click()
    monitor.get_by_role("checkbox", name="Billing").check()
    expect(busy.locator(".count")).to_have_text("0")
    expect(monitor.locator("#tiles [data-status=offline] .count")).to_have_text("2")


def test_a_status_is_brought_to_the_top_by_its_colour(server: Server, sign_in: SignIn) -> None:
    server.do("crowd('Zed'); work('Zed', 'busy')")
    monitor = sign_in("sam")
    monitor.get_by_role("link", name="Bring Busy to the top").click()
    expect(names(monitor)).to_have_text(["Zed", "Ada", "Bob"])
    monitor.get_by_role("link", name="Bring Busy to the top").click()
    expect(names(monitor)).to_have_text(["Ada", "Bob", "Zed"])
    row(monitor, "Zed").locator(".chip").click()
    expect(names(monitor)).to_have_text(["Zed", "Ada", "Bob"])
    monitor.reload()
    expect(names(monitor)).to_have_text(["Zed", "Ada", "Bob"])
    monitor.get_by_role("link", name="Devices").click()
    expect(monitor.locator("th.c-devices")).to_have_attribute("aria-sort", "ascending")
