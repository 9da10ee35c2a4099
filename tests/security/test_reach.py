"""Webhooks and gateways reach out of the network, and nothing inside it that is not allowed."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from pytest_django import Settings

from tests.factories import at
from tests.webhooks.receiver import Receiver, receiver
from webhooks import posting, reach
from webhooks.models import check_url
from webhooks.posting import Parcel

__all__ = ["receiver"]

INSIDE = [
    "127.0.0.1", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
    "::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::1",
]  # fmt: skip
OUTSIDE = ["198.41.0.4", "2001:503:ba3e::2:30", "64:ff9b::c629:4"]


@pytest.fixture(autouse=True)
def _nothing_inside_is_allowed(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What each name resolves to: names of the test's own, for there is no DNS here."""
    known: dict[str, list[str]] = {}

    async def look_up(_loop: Any, host: str, *_args: Any, **_options: Any) -> list[Any]:
        found = known.get(host) or [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in found]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)
    return known


def post(url: str) -> posting.Answer:
    return posting.post([Parcel(url, "1", "{}", ("whsec_MTIzNDU2Nzg=",))], at(0))[0]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_cannot_be_configured(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ValidationError, match="inside the network"):
        check_url(f"http://{host}/hook")


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_can(address: str) -> None:
    check_url(f"https://{f'[{address}]' if ':' in address else address}/hook")


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_means_something_inside_is_not_posted_to(
    address: str, names: dict[str, list[str]]
) -> None:
    names["hooks.example"] = [address]
    answer = post("http://hooks.example/hook")
    assert answer.error.startswith("hooks.example is ")
    assert answer.error.endswith("Allow it by WEBHOOK_NETWORKS.")


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "127.0.0.1"])
def test_no_way_of_writing_this_machine_gets_through(host: str, receiver: Receiver) -> None:
    answer = post(f"http://{host}:{receiver.port}/hook")
    assert answer.status is None
    assert not receiver.received


def test_what_is_allowed_is_reached_and_its_neighbours_are_not(
    receiver: Receiver, names: dict[str, list[str]], settings: Settings
) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    names["hooks.example"] = ["10.0.0.5", "127.0.0.1"]
    assert post(f"http://hooks.example:{receiver.port}/hook").status == 204
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"
    names["hooks.example"] = ["127.0.0.2"]
    assert post(f"http://hooks.example:{receiver.port}/hook").status is None


def test_a_name_that_changes_its_meaning_after_the_check_changes_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: it is looked up once, and what was checked is what is connected to."""
    asked: list[str] = []

    async def look_up(_loop: Any, host: str, *_args: Any, **_options: Any) -> list[Any]:
        address = host
        if host == "hooks.example":
            asked.append(host)
            address = "192.0.2.77" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, receiver.port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)
    monkeypatch.setattr(posting, "TIMEOUT", 0.5)
    monkeypatch.setattr(reach, "_allowed", lambda address: str(address) == "192.0.2.77")
    assert post(f"http://hooks.example:{receiver.port}/hook").status is None
    assert asked == ["hooks.example"]
    assert not receiver.received


def test_a_redirect_leads_nowhere(receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.1"]
    receiver.answer = lambda _received: 307
    answer = post(receiver.url)
    assert answer.status == 307
    assert len(receiver.received) == 1


def test_a_network_that_is_none_is_said_at_start_up(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = ["10.0.0.0/99"]
    assert [found.id for found in run_checks()] == ["webhooks.E002"]


@pytest.fixture
def told_by_tls() -> Iterator[tuple[int, list[str | None]]]:
    """A port that ends each handshake once it has heard for whom it is."""
    heard: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: heard.append(name)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                context.wrap_socket(connection, server_side=True)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], heard


def test_tls_still_asks_for_the_name(
    told_by_tls: tuple[int, list[str | None]], names: dict[str, list[str]], settings: Settings
) -> None:
    port, heard = told_by_tls
    settings.WEBHOOK_NETWORKS = ["127.0.0.1"]
    names["hooks.example"] = ["127.0.0.1"]
    assert post(f"https://hooks.example:{port}/hook").status is None
    assert heard == ["hooks.example"]
