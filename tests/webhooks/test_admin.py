"""Admins say who is told, try it out, and see and retry what is stuck."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import Webhook

from presence.outbox import EventType
from tests.factories import at, make_user
from tests.webhooks.receiver import Receiver, running
from tests.webhooks.world import make_endpoint, states, tell
from webhooks.courier import deliver_due
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db

ENDPOINTS = reverse("admin:webhooks_endpoint_changelist")
DELIVERIES = reverse("admin:webhooks_delivery_changelist")


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("root", superuser=True))
    return client


def act(client: Client, where: str, action: str, *keys: int) -> str:
    """The page after an action on these rows."""
    answer = client.post(where, {"action": action, "_selected_action": keys}, follow=True)
    return str(answer.content.decode())


def add(client: Client, **fields: object) -> str:
    form = {"name": "PBX", "url": "https://pbx.example/hook", "active": "on"} | fields
    return str(
        client.post(reverse("admin:webhooks_endpoint_add"), form, follow=True).content.decode()
    )


def test_an_endpoint_is_made_with_the_events_that_are_ticked(admin: Client) -> None:
    page = add(admin, types=["offer.created", "offer.withdrawn"])
    endpoint = Endpoint.objects.get()
    assert endpoint.wants("offer.created")
    assert not endpoint.wants("interaction.ended")
    assert "Show the signing secret" in page
    assert endpoint.secret not in page


def test_an_endpoint_that_chooses_nothing_is_told_everything(admin: Client) -> None:
    add(admin)
    assert all(Endpoint.objects.get().wants(kind) for kind in EventType)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("javascript:alert(1)", "begins with https:// or http://"),
        ("ftp://pbx.example/", "begins with https:// or http://"),
        ("file:///etc/passwd", "begins with https:// or http://"),
        ("pbx.example/hook", "begins with https:// or http://"),
        ("//pbx.example/hook", "begins with https:// or http://"),
        ("http://", "Name the host"),
        ("https:///hook", "Name the host"),
        ("http://:80/", "Name the host"),
        ("http://ada:secret@pbx.example/", "Leave name and password out"),
        ("http://pbx.example:99999/", "This is no address"),
        ("http://pbx.example:port/", "This is no address"),
        ("http://[::1/", "This is no address"),
        ("http://pbx.example/\x01", "This is no address"),
        ("http://" + "a" * 600, "at most 500 characters"),
        ("", "This field is required"),
    ],
)
def test_an_address_that_nothing_can_be_posted_to_is_refused_in_words(
    admin: Client, url: str, sentence: str
) -> None:
    assert sentence in add(admin, url=url)
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://198.41.0.4:8088/in?queue=1",
        "https://[2001:503:ba3e::2:30]:8443/",
        "https://müller.example/",
        "HTTP://A/",
    ],
)
def test_an_address_of_any_host_may_be_given(admin: Client, url: str) -> None:
    add(admin, url=url)
    assert Endpoint.objects.get().url == url


def test_a_test_event_shows_at_once_whether_it_arrives(admin: Client, receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url, EventType.OFFER_CREATED)
    assert f"{endpoint} took the test event (204)" in act(admin, ENDPOINTS, "test", endpoint.pk)
    (one,) = receiver.received
    message = Webhook(endpoint.secret).verify(one.body, one.headers)
    assert (message["type"], message["data"]) == ("webhook.test", {"endpoint": endpoint.name})
    receiver.answer = lambda _one: 404
    assert "Answered 404" in act(admin, ENDPOINTS, "test", endpoint.pk)
    assert not Delivery.objects.exists()


def test_the_secret_is_shown_on_demand_and_who_looked_is_kept(admin: Client) -> None:
    endpoint = make_endpoint("http://host/")
    assert endpoint.secret not in admin.get(ENDPOINTS).content.decode()
    assert endpoint.secret in act(admin, ENDPOINTS, "show_secret", endpoint.pk)
    assert "Looked at" in LogEntry.objects.get().get_change_message()


def test_a_rotated_secret_is_shown_with_how_long_the_old_one_still_signs(admin: Client) -> None:
    old = make_endpoint("http://host/")
    page = act(admin, ENDPOINTS, "rotate_secret", old.pk)
    new = Endpoint.objects.get()
    assert old.secret == new.old_secret != new.secret
    assert new.secret in page
    assert old.secret not in page
    assert "second signature by the old secret" in page


def test_what_is_stuck_is_seen_for_each_endpoint(admin: Client, receiver: Receiver) -> None:
    fine = make_endpoint(receiver.url)
    with running() as gone:
        stuck = make_endpoint(gone.url)
    for n in range(3):
        tell(n)
    deliver_due(at())
    page = admin.get(ENDPOINTS).content.decode()
    assert f"endpoint__id__exact={stuck.pk}&amp;state__exact=waiting" in page
    assert re.search(r">3</a>", page)
    assert "ConnectError" in page
    assert f"endpoint__id__exact={fine.pk}&" not in page


def test_what_is_stuck_is_retried_from_the_list(admin: Client, receiver: Receiver) -> None:
    make_endpoint(receiver.url)
    receiver.answer = lambda _one: 500
    tell(1)
    tell(2)
    deliver_due(at())
    Delivery.objects.filter(position=1).update(state="failed", due_at=None)
    receiver.answer = lambda _one: 204
    page = act(admin, DELIVERIES, "retry", *Delivery.objects.values_list("pk", flat=True))
    assert "2 will be sent now" in page
    receiver.received.clear()
    deliver_due(Delivery.objects.get(due_at__isnull=False).due_at or at())
    assert receiver.numbers() == [1, 2]
    assert states() == ["delivered", "delivered"]


def test_a_delivery_is_read_with_its_message_and_edited_by_nobody(
    admin: Client, receiver: Receiver
) -> None:
    make_endpoint(receiver.url)
    tell(1)
    deliver_due(at())
    delivery = Delivery.objects.get()
    page = admin.get(reverse("admin:webhooks_delivery_change", args=[delivery.pk]))
    assert str(delivery.event.uid) in page.content.decode()
    assert admin.get(reverse("admin:webhooks_delivery_add")).status_code == 403
    assert admin.get(DELIVERIES, {"state__exact": "delivered"}).status_code == 200


def test_an_endpoint_is_deleted_with_its_deliveries(admin: Client) -> None:
    endpoint = make_endpoint("http://127.0.0.1:9/")
    tell(1)
    deliver_due(at())
    url = reverse("admin:webhooks_endpoint_delete", args=[endpoint.pk])
    assert "Deliveries: 1, not delivered of them: 1" in admin.get(url).content.decode()
    admin.post(url, {"post": "yes"})
    assert not Delivery.objects.exists()


def test_who_may_only_look_neither_sees_secrets_nor_retries(client: Client) -> None:
    looker = make_user("looker", staff=True)
    looker.user_permissions.set(
        Permission.objects.filter(codename__in=["view_endpoint", "view_delivery"])
    )
    client.force_login(looker)
    endpoint = make_endpoint("http://127.0.0.1:9/")
    tell(1)
    deliver_due(at())
    assert endpoint.secret not in act(client, ENDPOINTS, "show_secret", endpoint.pk)
    due = Delivery.objects.get().due_at
    act(client, DELIVERIES, "retry", Delivery.objects.get().pk)
    assert Delivery.objects.get().due_at == due
