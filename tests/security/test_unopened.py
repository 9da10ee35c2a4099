"""A secret that none of the keys opens is in the way of nothing but its own use."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from audit.recording import HIDDEN
from dashboard.hub import Hub
from presence import sealing
from presence.models import OutboxEvent
from routing.connectors import links, running
from routing.connectors.links import State
from routing.models import Connector, ConnectorLink
from tests.dashboard.test_hub import choose, hub, in_database, make_agent, shows, watch
from tests.factories import at, make_user
from tests.routing.connectors.ami_server import AmiServer
from tests.routing.connectors.ami_server import until as until_async
from tests.routing.connectors.floor import one_member
from tests.routing.connectors.live import make_connector
from tests.webhooks.receiver import Receiver, receiver
from tests.webhooks.world import make_endpoint, tell
from webhooks import courier, deliveries
from webhooks.models import Delivery, Endpoint

__all__ = ["hub", "receiver"]

pytestmark = pytest.mark.usefixtures("committed")


def spoil(table: str, name: str) -> None:
    """As after a restore without the key."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET secret = 'sealed by another' WHERE name = %s", [name])


def make_spoilt(name: str = "spoilt") -> Connector:
    connector = Connector.objects.create(name=name, user="rollcall", secret="secret")
    spoil("routing_connector", name)
    return connector


async def test_boards_show_changes_all_the_same(hub: Hub) -> None:
    ada = await make_agent("Ada")
    await in_database(make_spoilt)()
    board = await watch(hub)
    await board.until(shows(ada, "Available"))
    await choose(ada, "busy")
    await board.until(shows(ada, "Busy"))


async def test_other_telephony_systems_are_followed_and_its_own_link_says_why_it_is_not() -> None:
    await in_database(make_spoilt)()
    async with AmiServer(one_member()) as server:
        await in_database(make_connector)(server.port)
        following = asyncio.create_task(running.run_connectors())
        try:
            await until_async(lambda: server.logins["accepted"])
            standing = {one.connector.name: one for one in await _standing()}
            assert standing["spoilt"].state is State.DOWN
            assert "None of SEALING_KEYS opens" in standing["spoilt"].why
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


@sync_to_async
def _standing() -> list[links.Standing]:
    try:
        return links.read(timezone.now())
    finally:
        connection.close()


def test_events_get_their_place_and_others_are_told(receiver: Receiver) -> None:
    spoilt = make_endpoint(receiver.url)
    spoil("webhooks_endpoint", spoilt.name)
    good = make_endpoint(receiver.url)
    tell(1)
    assert deliveries.take_in(at(0)) == 1
    with pytest.raises(sealing.CannotOpen):
        courier.deliver(spoilt.pk, at(0))
    assert courier.deliver(good.pk, at(0)) == 1
    assert OutboxEvent.objects.filter(position=None).count() == 0
    waiting = Delivery.objects.filter(state="waiting").values_list("endpoint", "attempts")
    assert list(waiting) == [(spoilt.pk, 0)]


def test_an_admin_enters_it_anew(client: Client) -> None:
    connector = make_spoilt()
    ConnectorLink.objects.create(connector=connector, since=timezone.now())
    client.force_login(make_user(superuser=True))
    assert client.get("/admin/routing/connector/").status_code == 200
    path = f"/admin/routing/connector/{connector.pk}/change/"
    page = client.get(path)
    form = page.context["adminform"].form
    assert "Leave it empty" not in page.content.decode()
    filled = {name: value or "" for name, value in form.initial.items() if value is not False}
    refused = client.post(path, filled)
    assert "Enter the secret" in refused.content.decode()
    assert client.post(path, filled | {"secret": "anew"}).status_code == 302
    assert Connector.objects.get().secret == "anew"
    changes = Entry.objects.filter(kind="routing.connector").values_list("changes", flat=True)
    assert {"secret": [HIDDEN, HIDDEN]} in list(changes)


def test_the_list_of_endpoints_shows(client: Client) -> None:
    make_endpoint("https://crm.example/")
    spoil("webhooks_endpoint", Endpoint.objects.get().name)
    client.force_login(make_user(superuser=True))
    assert client.get("/admin/webhooks/endpoint/").status_code == 200
