"""Who signed in and out, and who failed to, from where."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from audit.models import Entry
from audit.words import Action, Way
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _sign_in(client: Client, password: str, name: str = "ada") -> None:
    client.post(reverse("login"), {"username": name, "password": password})


def _told() -> list[tuple[str, str]]:
    return [(entry.action, entry.name) for entry in Entry.objects.order_by("pk")]


def test_signing_in_and_out_is_told_with_who_and_from_where(client: Client) -> None:
    ada = make_user("ada")
    _sign_in(client, "secret")
    client.post(reverse("logout"))
    assert _told() == [(Action.LOGGED_IN, "ada"), (Action.LOGGED_OUT, "ada")]
    for entry in Entry.objects.all():
        assert (entry.who, entry.user_id, entry.way) == ("ada", ada.pk, Way.SCREEN)
        assert entry.address == "127.0.0.1"


def test_a_wrong_password_is_told_until_its_user_has_to_wait(
    client: Client, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    make_user("ada")
    for _ in range(5):
        _sign_in(client, "a wrong one")
    assert _told() == [(Action.LOGIN_FAILED, "ada")] * 3
    assert {entry.who for entry in Entry.objects.all()} == {""}


def test_what_is_no_users_name_is_not_kept(client: Client) -> None:
    _sign_in(client, "ada", name="correct horse battery staple")
    assert _told() == []
