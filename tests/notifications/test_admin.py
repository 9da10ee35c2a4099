"""Admins set up gateways and try them, and see and send again what was given up."""

import pytest
from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import Webhook

from notifications import sending
from notifications.kinds import Channel
from notifications.models import Gateway, Notice, Sending
from presence.models import Agent
from tests.factories import at
from tests.notifications.world import make_gateway, miss, take_in, want
from tests.webhooks.receiver import Receiver
from tests.webhooks.test_admin import act, admin

__all__ = ["admin"]
pytestmark = pytest.mark.django_db

GATEWAYS = reverse("admin:notifications_gateway_changelist")
SENDINGS = reverse("admin:notifications_sending_changelist")


def test_a_gateway_is_made_for_a_channel_once(admin: Client) -> None:
    form = {"channel": "text", "url": "https://sms.example/send", "active": "on"}
    add = reverse("admin:notifications_gateway_add")
    page = admin.post(add, form, follow=True).content.decode()
    assert "Show the signing secret" in page
    assert Gateway.objects.get().channel == "text"
    again = admin.post(add, form).content.decode()
    assert "There is a gateway for this channel" in again


@pytest.mark.parametrize("wrong", [{"channel": "email"}, {"url": "sms.example"}])
def test_nonsense_is_refused(admin: Client, wrong: dict[str, str]) -> None:
    form = {"channel": "text", "url": "https://sms.example/send", "active": "on"} | wrong
    assert admin.post(reverse("admin:notifications_gateway_add"), form).status_code == 200
    assert not Gateway.objects.exists()


def test_a_test_notice_says_at_once_what_came_of_it(admin: Client, receiver: Receiver) -> None:
    gateway = make_gateway(receiver.url)
    assert "took the test notice" in act(admin, GATEWAYS, "test", gateway.pk)
    [one] = receiver.received
    message = Webhook(gateway.secret).verify(one.body, one.headers)
    assert message["data"]["to"] == ""
    receiver.answer = lambda _one: 500
    assert "Answered 500" in act(admin, GATEWAYS, "test", gateway.pk)


def test_the_secret_is_shown_and_rotated(admin: Client) -> None:
    gateway = make_gateway("http://127.0.0.1/")
    assert gateway.secret in act(admin, GATEWAYS, "show_secret", gateway.pk)
    page = act(admin, GATEWAYS, "rotate_secret", gateway.pk)
    assert Gateway.objects.get().secret in page
    assert Gateway.objects.get().secret != gateway.secret
    assert GATEWAYS in page


def test_what_was_given_up_shows_why_and_can_be_sent_again(
    admin: Client, ada: Agent, receiver: Receiver
) -> None:
    make_gateway(receiver.url)
    want(ada, Channel.TEXT)
    miss(ada)
    take_in()
    receiver.answer = lambda _one: 503
    for seconds in (0, 10, 100, 1000, 2000, 10_000):
        sending.send_due(at(seconds))
    assert Sending.objects.get().state == "failed"
    page = admin.get(SENDINGS, {"state__exact": "failed"}).content.decode()
    assert "Answered 503" in page
    receiver.answer = lambda _one: 204
    assert "1 notice will be sent now" in act(admin, SENDINGS, "retry", Sending.objects.get().pk)
    sending.send_due(Sending.objects.get().made_at)
    assert Sending.objects.get().state == "delivered"


def test_notices_are_listed_and_not_for_changing(admin: Client, ada: Agent) -> None:
    miss(ada)
    take_in()
    page = admin.get(reverse("admin:notifications_notice_changelist")).content.decode()
    assert "0207 · Helpdesk" in page
    change = reverse("admin:notifications_notice_change", args=[Notice.objects.get().pk])
    admin.post(change, {"kind": "supervisor"})
    assert Notice.objects.get().kind == "missed_call"
