"""Boards say which telephony is not connected, whose row is therefore old, and what nobody has
confirmed; all of it goes by itself."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import bar, links
from dashboard.board import Board
from dashboard.links import GRACE, SOON, Lost, Mark
from dashboard.rendering import render_bar, render_links, render_row
from presence.events import DeviceKind, PhoneReach, PhoneSeen
from presence.models import Agent
from routing.actions import apply
from routing.connectors.desk import HELD_FOR, Desk
from routing.connectors.links import NOBODY
from routing.models import Claim, Connector, ConnectorLink, PauseRequest
from tests.factories import START, at, make_agent, make_user, supervising

pytestmark = pytest.mark.django_db

UP, CONNECTING, DOWN = (
    ConnectorLink.State.UP,
    ConnectorLink.State.CONNECTING,
    ConnectorLink.State.DOWN,
)
REFUSED = "No connection to 127.0.0.1:5038: Connection refused."


def make_connector(**settings: object) -> Connector:
    return Connector.objects.create(**{"name": "pbx", "user": "u", "secret": "s"} | settings)


@pytest.fixture
def pbx() -> Connector:
    return make_connector()


@pytest.fixture
def desk(pbx: Connector) -> Desk:
    """Of a process that holds the connector, whose link came up at the start."""
    desk = Desk(pbx)
    desk.claim(START)
    desk.note(UP, START)
    return desk


def lost(seconds: float, desk: Desk | None = None) -> list[tuple[datetime | None, str]]:
    """What is lost at that moment, the process being alive where there is one."""
    if desk:
        desk.claim(at(seconds))
    return [(one.since, one.why) for one in links.lost(at(seconds))]


def make_member(connector: Connector, name: str = "Ada") -> Agent:
    agent = make_agent(name, mode="available", devices=[DeviceKind.SIP])
    Claim.objects.create(connector=connector, device=agent.devices.get())
    return agent


def ask(connector: Connector, agent: Agent, seconds: float = 0, **known: object) -> PauseRequest:
    asked = {"paused": True, "reason": "Lunch", "asked_at": at(seconds)} | known
    return PauseRequest.objects.create(connector=connector, device=agent.devices.get(), **asked)


def unconfirmed(seconds: float) -> dict[int, str]:
    return {agent: mark.unconfirmed for agent, mark in links.marks(at(seconds)).items()}


def test_g7_a_lost_link_is_told_from_when_it_was_up_last(desk: Desk) -> None:
    assert lost(60, desk) == []
    desk.note(DOWN, at(100), REFUSED)
    assert lost(100 + GRACE.total_seconds(), desk) == []
    for seconds in (110, 120):
        desk.note(CONNECTING, at(seconds))
        assert lost(seconds, desk) == [(at(100), REFUSED)]
        desk.note(DOWN, at(seconds + 1), REFUSED)
    assert lost(130, desk) == [(at(100), REFUSED)]
    desk.note(UP, at(131))
    assert lost(131, desk) == []


def test_a_process_that_died_is_told_from_its_last_sign_of_life(desk: Desk) -> None:
    desk.claim(at(50))
    dead = 50 + HELD_FOR.total_seconds()
    assert lost(dead) == []
    assert lost(dead + 1) == [(at(50), NOBODY)]


def test_a_process_that_ended_leaves_its_connector_alone(desk: Desk) -> None:
    desk.release(at(50))
    assert lost(60) == [(at(50), NOBODY)]


def test_a_connector_that_nobody_ever_followed_is_told_of(pbx: Connector) -> None:
    assert lost(0) == [(None, NOBODY)]


def test_a_connector_that_is_deactivated_is_missed_by_nobody(pbx: Connector) -> None:
    Connector.objects.update(active=False)
    assert lost(0) == []


def test_rows_of_phones_in_a_lost_systems_queues_are_marked(pbx: Connector) -> None:
    ada = make_member(pbx)
    make_member(make_connector(name="other"), "Bob")
    gone = Lost(pbx.pk, "pbx", None, "")
    stale = "As of when Asterisk pbx was connected last"
    assert links.marks(START, [gone]) == {ada.pk: Mark(stale=stale)}
    assert links.marks(START) == {}


def test_g8_what_nobody_confirmed_is_marked_after_a_moment(pbx: Connector) -> None:
    ada = make_member(pbx)
    request = ask(pbx, ada)
    assert unconfirmed(SOON.total_seconds()) == {}
    assert unconfirmed(3) == {ada.pk: "Asterisk has not confirmed: paused, Lunch."}
    PauseRequest.objects.filter(pk=request.pk).update(confirmed_at=at(3))
    assert unconfirmed(4) == {}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"error": "No such user"}, "paused, Lunch. It says: No such user"),
        ({"attempts": 2}, "paused, Lunch."),
        ({"attempts": 2, "paused": False, "reason": ""}, "not paused."),
    ],
)
def test_g8_what_was_refused_or_asked_again_is_marked_at_once(
    pbx: Connector, known: dict[str, object], words: str
) -> None:
    ada = make_member(pbx)
    ask(pbx, ada, **known)  # type: ignore[arg-type]
    assert unconfirmed(0) == {ada.pk: f"Asterisk has not confirmed: {words}"}


def test_what_was_asked_of_a_phone_that_left_its_queues_is_no_news(pbx: Connector) -> None:
    ask(pbx, make_member(pbx))
    Claim.objects.all().delete()
    assert unconfirmed(60) == {}


@pytest.mark.parametrize("off", [{"active": False}, {"tells_pauses": False}])
def test_a_connector_that_tells_no_pauses_any_more_leaves_none_open(
    pbx: Connector, off: dict[str, bool]
) -> None:
    ask(pbx, make_member(pbx))
    Connector.objects.update(**off)
    assert unconfirmed(60) == {}


def test_the_board_renders_a_row_and_a_bar_again_when_only_its_mark_changed(
    pbx: Connector,
) -> None:
    ada, bob = make_member(pbx), make_member(pbx, "Bob")
    Desk(pbx).claim(timezone.now())
    board = Board()
    board.read(board.differing())
    assert board.differing() == set()
    request = ask(pbx, ada, error="Permission denied")
    assert board.differing() == {ada.pk}
    frame = board.read({ada.pk, bob.pk}, watched={ada.pk})
    assert list(frame.rows) == [ada.pk]
    for html in (render_row(frame.rows[ada.pk]), render_bar(frame.bars[ada.pk])):
        assert "It says: Permission denied" in html
        assert "not confirmed</span>" in html
    request.delete()
    assert board.differing() == {ada.pk}
    assert "not confirmed" not in render_row(board.read({ada.pk}).rows[ada.pk])


def test_the_board_says_which_system_is_lost_until_it_is_back(pbx: Connector) -> None:
    now = timezone.now()
    ada = make_member(pbx)
    desk, board = Desk(pbx), Board()
    desk.claim(now - timedelta(minutes=3))
    desk.note(DOWN, now - timedelta(minutes=3), REFUSED)
    desk.claim(now)
    rows = board.read(board.differing()).rows
    html = render_links(board.around().lost)
    assert "Asterisk pbx: no connection for" in html
    assert f'title="{REFUSED}"' in html
    assert 'data-stale="As of when Asterisk pbx was connected last"' in render_row(rows[ada.pk])
    desk.note(UP, now)
    assert board.differing() == {ada.pk}
    assert "data-stale" not in render_row(board.read({ada.pk}).rows[ada.pk])
    assert "Asterisk" not in render_links(board.around().lost)


def test_looking_for_marks_costs_the_same_for_any_number_of_agents(
    pbx: Connector, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("Ada", "Bob", "Eve"):
        ask(pbx, make_member(pbx, name))
    with django_assert_num_queries(3):
        assert len(links.marks(at(60), links.lost(at(60)))) == 3


def test_the_pages_open_with_what_is_lost_and_not_confirmed(pbx: Connector, client: Client) -> None:
    ada = make_member(pbx)
    ask(pbx, ada, error="Permission denied")
    assert "It says: Permission denied" in render_bar(bar.read_one(ada))
    sam = make_user("sam")
    sam.user_permissions.add(*supervising())
    client.force_login(sam)
    page = client.get(reverse("monitor")).content.decode()
    assert "Asterisk pbx: not connected yet." in page
    assert "not confirmed</span>" in page
    client.force_login(ada.user)
    assert "It says: Permission denied" in client.get(reverse("agent_page")).content.decode()


def test_a_phone_whose_telephony_is_lost_is_shown_as_such(pbx: Connector) -> None:
    ada = make_member(pbx)
    apply(ada.pk, PhoneSeen(at=START, source="pbx", logged_in=True, reach=PhoneReach.LOST))
    board = Board()
    assert "the telephony is not connected" in render_row(board.read({ada.pk}).rows[ada.pk])
