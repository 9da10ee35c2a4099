"""A ticket holds as long as what it was given for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import tickets
from dashboard.models import Wallboard
from dashboard.tickets import Ticket
from presence.models import Agent
from tests.factories import make_agent, make_limit, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Agent:
    """An agent who supervises."""
    user = make_user("sam")
    user.groups.add(Group.objects.get(name="Supervisor"))
    return make_agent("Sam", user=user)


def ticket_of(client: Client, agent: Agent) -> Ticket:
    """As a page of the monitor has it."""
    client.force_login(agent.user)
    ticket = tickets.accept(client.get("/ticket/?monitor").json()["ticket"])
    assert ticket
    return ticket


def holds(ticket: Ticket) -> bool:
    return tickets.current([ticket])[ticket] == ticket


def test_a_ticket_holds_while_its_person_is_signed_in(client: Client, sam: Agent) -> None:
    assert holds(ticket_of(client, sam))


ENDS: dict[str, Callable[[Client, User], object]] = {
    "log-out": lambda client, _user: client.post(reverse("logout")),
    "session deleted": lambda _client, _user: Session.objects.all().delete(),
    "session expired": lambda _client, _user: Session.objects.update(
        expire_date=timezone.now() - timedelta(seconds=1)
    ),
    "password set": lambda _client, user: User.objects.filter(pk=user.pk).update(password="!"),
    "deactivated": lambda _client, user: User.objects.filter(pk=user.pk).update(is_active=False),
    "group left": lambda _client, user: user.groups.clear(),
    "right taken from the group": lambda _client, user: user.groups.get().permissions.clear(),
    "no agent any more": lambda _client, user: Agent.objects.filter(user=user).update(active=False),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_ticket_ends_with_what_it_was_given_for(client: Client, sam: Agent, how: str) -> None:
    ticket = ticket_of(client, sam)
    ENDS[how](client, sam.user)
    assert tickets.current([ticket]) == {ticket: None}


def test_another_session_of_the_same_person_goes_on(client: Client, sam: Agent) -> None:
    here, there = ticket_of(client, sam), ticket_of(Client(), sam)
    client.post(reverse("logout"))
    assert not holds(here)
    assert holds(there)


def test_who_changes_their_password_stays_in_with_a_fresh_ticket(
    client: Client, sam: Agent
) -> None:
    before = ticket_of(client, sam)
    new = {
        "old_password": "secret",
        "new_password1": "Pale-Harbour-9",
        "new_password2": "Pale-Harbour-9",
    }
    assert client.post(reverse("password"), new).status_code == 302
    assert not holds(before)
    fresh = tickets.accept(client.get("/ticket/?monitor").json()["ticket"])
    assert fresh
    assert holds(fresh)


def test_a_limit_gives_another_ticket(client: Client, sam: Agent) -> None:
    ticket = ticket_of(client, sam)
    limit = make_limit(sam.user, teams=[make_team("Blue")])
    (after,) = tickets.current([ticket]).values()
    assert after
    assert after.sight == limit.sight
    assert after.session == ticket.session


@pytest.fixture
def preview(client: Client, sam: Agent) -> Ticket:
    """As Sam's page has it that shows a wallboard without its link."""
    client.force_login(sam.user)
    board = Wallboard.objects.create(name="Lobby", token_hash="1")
    page = client.get(reverse("wallboard_preview", args=[board.pk]))
    ticket = tickets.accept(page.context["screen"])
    assert ticket
    assert ticket == tickets.accept(client.get(page.context["ticket_url"]).json()["ticket"])
    return ticket


def test_a_preview_holds_while_its_keeper_is_signed_in(preview: Ticket) -> None:
    assert holds(preview)


PREVIEW_ENDS = {name: end for name, end in ENDS.items() if name != "no agent any more"} | {
    "bound by a limit": lambda _client, user: make_limit(user, teams=[make_team("Blue")]),
    "link revoked": lambda _client, _user: Wallboard.objects.update(revoked_at=timezone.now()),
}


@pytest.mark.parametrize("how", PREVIEW_ENDS)
def test_a_preview_ends_with_what_it_was_given_for(
    client: Client, sam: Agent, preview: Ticket, how: str
) -> None:
    PREVIEW_ENDS[how](client, sam.user)
    assert tickets.current([preview]) == {preview: None}


def test_nothing_in_a_ticket_opens_a_session(client: Client, sam: Agent) -> None:
    ticket = ticket_of(client, sam)
    text = client.get("/ticket/").json()["ticket"]
    assert ticket.session
    assert ticket.session not in text
    assert ticket.session not in str(signing.loads(text, salt=tickets._SALT))


def test_so_many_tickets_ask_no_more_of_the_database(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [make_agent(f"Agent {n}") for n in range(30)]
    held = [Ticket(one.user_id, one.pk, monitor=False, session=f"s{one.pk}") for one in people]
    with django_assert_num_queries(3):  # users, sessions, agents
        assert not any(tickets.current(held).values())
