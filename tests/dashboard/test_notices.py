"""Agents see their notices on every page, read them, and turn them off."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from dashboard import bar
from dashboard.board import Board
from dashboard.rendering import render_bar
from notifications.kinds import Channel
from notifications.models import Inbox, Notice
from presence.models import Agent
from tests.dashboard.test_views import HTMX
from tests.factories import make_user
from tests.notifications.world import miss, supervise, take_in, want

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ada: Agent, client: Client) -> Client:
    client.force_login(ada.user)
    return client


def notify(agent: Agent, *callers: str) -> list[Notice]:
    for caller in callers:
        miss(agent, caller=caller)
    take_in()
    return list(Notice.objects.filter(agent=agent).order_by("pk"))


def unread(agent: Agent) -> int:
    return Notice.objects.filter(agent=agent, in_app=True, read_at=None).count()


def test_c13_without_javascript_the_next_page_tells_it(browser: Client, ada: Agent) -> None:
    notify(ada, "0207")
    page = browser.get(reverse("agent_page")).content.decode()
    assert "New for you" in page
    assert page.count("0207 · Helpdesk") == 2, "under the bell, and on My day"
    assert "Notifications: 1 unread" in page


def test_a_plain_form_marks_a_notice_read_and_goes_back(browser: Client, ada: Agent) -> None:
    first, second = notify(ada, "1", "2")
    form = {"notice": second.pk, "next": "/me/"}
    answer = browser.post(reverse("notices_read"), form)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    second.refresh_from_db()
    first.refresh_from_db()
    assert (bool(first.read_at), bool(second.read_at)) == (False, True)


def test_all_that_was_shown_is_read_at_once_and_nothing_newer(browser: Client, ada: Agent) -> None:
    shown = notify(ada, "1", "2")
    notify(ada, "3")
    answer = browser.post(reverse("notices_read"), {"up_to": shown[-1].pk}, headers=HTMX)
    assert answer.content.decode().startswith('<div class="bar"')
    assert unread(ada) == 1


def test_nobody_reads_the_notices_of_others(browser: Client, ada: Agent, bob: Agent) -> None:
    [his] = notify(bob, "1")
    browser.post(reverse("notices_read"), {"notice": his.pk})
    browser.post(reverse("notices_read"), {"up_to": his.pk})
    assert unread(bob) == 1
    assert "0207" not in browser.get(reverse("agent_page")).content.decode()


@pytest.mark.parametrize("form", [{}, {"notice": "x"}, {"up_to": "9" * 40}, {"notice": "-1"}])
def test_what_is_no_notice_is_refused_with_a_sentence(
    browser: Client, form: dict[str, str]
) -> None:
    answer = browser.post(reverse("notices_read"), form)
    assert answer.status_code == 409
    assert "There is no such notice" in answer.content.decode()


def test_reading_what_is_read_changes_nothing(browser: Client, ada: Agent) -> None:
    [notice] = notify(ada, "1")
    for _ in range(2):
        browser.post(reverse("notices_read"), {"notice": notice.pk})
    assert Inbox.objects.get().version == 2


def test_turned_off_the_bell_is_silent_and_turned_on_again_as_before(
    browser: Client, ada: Agent
) -> None:
    want(ada, Channel.IN_APP, number="")
    notify(ada, "before")
    answer = browser.post(reverse("notifications_off"), {"off": "1"}, headers=HTMX)
    page = answer.content.decode()
    assert 'aria-label="Notifications are turned off"' in page
    assert "before" not in page
    assert re.search(r'aria-checked="true"\s+id="bar-notifications-off"', page)
    notify(ada, "while off")
    page = browser.post(reverse("notifications_off"), {"off": "0"}, headers=HTMX).content.decode()
    assert "before" in page
    assert "while off" not in page
    assert Inbox.objects.get().chosen["missed_call"] == ["in_app"]


def test_only_agents_have_notices(client: Client) -> None:
    assert client.post(reverse("notices_read")).status_code == 302
    assert client.post(reverse("notices_read"), headers=HTMX).status_code == 401


def test_a_board_has_the_bar_of_whoever_got_a_notice(ada: Agent, bob: Agent) -> None:
    board = Board()
    everybody = {ada.pk, bob.pk}
    board.read(board.differing(), everybody)
    assert board.differing() == set()
    notify(ada, "0207")
    assert board.differing() == {ada.pk}
    frame = board.read({ada.pk}, everybody)
    assert (set(frame.bars), set(frame.rows)) == ({ada.pk}, set())
    assert [item.text for item in frame.bars[ada.pk].box.items] == ["0207 · Helpdesk"]
    assert board.differing() == set()
    assert not board.read({ada.pk}, everybody).bars


def test_a_notice_of_one_whom_nobody_watches_here_is_no_difference_for_long(
    ada: Agent, bob: Agent
) -> None:
    board = Board()
    board.read(board.differing())
    notify(ada, "0207")
    board.read(board.differing())
    assert board.differing() == set()
    Inbox.objects.all().delete()
    assert board.differing() == set()


def test_the_bell_of_many_costs_as_many_queries_as_that_of_one(
    ada: Agent, bob: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    notify(ada, *map(str, range(20)))
    with django_assert_num_queries(10):
        bar.read([ada.pk])
    notify(bob, "1", "2")
    with django_assert_num_queries(10):
        bars = bar.read([ada.pk, bob.pk])
    assert [len(bars[one.pk].box.items) for one in (ada, bob)] == [12, 2]
    assert bars[ada.pk].box.unread == 20


def test_the_time_of_a_notice_is_told_as_an_age(ada: Agent) -> None:
    """What the hub sends is rendered once for every zone."""
    notify(ada, "0207")
    html = render_bar(bar.read([ada.pk])[ada.pk])
    [notice] = re.findall(r"<li data-notice=.*?</li>", html, re.DOTALL)
    text = re.sub(r"<[^>]*>", "", notice)
    assert text.rstrip().endswith("ago")
    assert "9:00" not in text


def test_a_bar_that_was_read_once_reads_right_in_every_language(ada: Agent) -> None:
    supervise(ada, make_user("sam"), status="on_break")
    miss(ada)
    take_in()
    own = bar.read_one(ada)
    for language, title, mode in (
        ("es", "Llamada perdida", "En descanso"),
        ("en", "Missed call", "On Break"),
    ):
        with translation.override(language):
            missed, mode_set = own.box.items
            assert missed.title == title
            assert mode in mode_set.text
            assert title in render_bar(own)
