"""Open pages end with what they were opened by, within seconds, on a real server."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from dashboard.tickets import Ticket, issue
from presence import actions
from presence.models import Agent, Team
from routing.models import Limit
from tests.factories import make_agent, make_limit, make_team, make_user
from tests.webhooks.servers import serving

pytestmark = pytest.mark.usefixtures("committed")

PATIENCE = 20.0
SOON = 6.0
"""Seconds; a quiet machine takes two."""
SIGNED_OUT = 4401

Open = Callable[..., ClientConnection]


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as number:
        yield number


@pytest.fixture
def blue() -> Team:
    return make_team("Blue")


@pytest.fixture
def sam(blue: Team) -> User:
    """A supervisor who is an agent of Blue too."""
    user = make_user("sam")
    user.groups.add(Group.objects.get(name="Supervisor"))
    make_agent("Sam", user=user, team=blue)
    return user


@pytest.fixture
def page(client: Client, port: int, sam: User) -> Iterator[ClientConnection]:
    """Sam's monitor."""
    client.force_login(sam)
    with opened(port, client.get("/ticket/?monitor").json()["ticket"]) as socket:
        until(socket, lambda message: message.get("snapshot"))
        yield socket


def opened(port: int, ticket: str) -> ClientConnection:
    url = f"http://127.0.0.1:{port}"
    address = f"ws://127.0.0.1:{port}/ws/?ticket={ticket}"
    return connect(address, origin=Origin(url), max_size=None)


def until(socket: ClientConnection, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The first message that is wanted."""
    end = time.monotonic() + PATIENCE
    while True:
        message: dict[str, Any] = json.loads(socket.recv(end - time.monotonic()))
        if wanted(message):
            return message


def closed(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as error:
        until(socket, lambda _message: False)
    assert error.value.rcvd
    return error.value.rcvd.code


ENDS: dict[str, Callable[[Client, User], object]] = {
    "log-out": lambda client, _user: client.post(reverse("logout")),
    "session expired": lambda _client, _user: Session.objects.update(
        expire_date=timezone.now() - timedelta(seconds=1)
    ),
    "password set": lambda _client, user: User.objects.filter(pk=user.pk).update(password="!"),
    "deactivated": lambda _client, user: User.objects.filter(pk=user.pk).update(is_active=False),
    "group left": lambda _client, user: user.groups.clear(),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_page_ends_with_what_it_was_opened_by(
    client: Client, page: ClientConnection, sam: User, how: str
) -> None:
    began = time.monotonic()
    ENDS[how](client, sam)
    assert closed(page) == SIGNED_OUT
    assert time.monotonic() - began < SOON
    answer = client.get("/ticket/?monitor")
    assert answer.status_code in {401, 403}  # so the page says that it is over


def test_a_limit_that_comes_takes_the_rows_at_once(
    page: ClientConnection, sam: User, blue: Team
) -> None:
    bob = make_agent("Bob")
    until(page, lambda message: str(bob.pk) in message.get("rows", {}))
    limit = make_limit(sam, teams=[blue])
    began = time.monotonic()
    whole = until(page, lambda message: message.get("snapshot"))
    assert time.monotonic() - began < SOON
    assert whole["ids"] == [Agent.objects.get(user=sam).pk]
    assert "Bob" not in str(whole)
    # ... and an agent who leaves the team is gone with the next frame.
    Agent.objects.filter(user=sam).update(team=None)
    actions.refresh([whole["ids"][0]])
    assert until(page, lambda message: message.get("gone"))["gone"] == whole["ids"]
    assert Limit.objects.get() == limit


@pytest.mark.parametrize("ticket", ["", "forged", "nobody's", "an agent's of another"])
def test_no_socket_without_a_right(port: int, sam: User, ticket: str) -> None:
    """One that was signed here, and does not hold, is closed by the next look."""
    stranger = make_agent("Eve")
    text = {
        "nobody's": issue(Ticket(9999, None, monitor=True)),
        "an agent's of another": issue(
            Ticket(stranger.user_id, Agent.objects.get(user=sam).pk, monitor=False)
        ),
    }.get(ticket, ticket)
    with opened(port, text) as socket:
        assert closed(socket) == SIGNED_OUT
