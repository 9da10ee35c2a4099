"""Keys: made by admins, shown once, kept as digests, scoped and revoked."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import serializers
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api import keys
from api.models import ApiKey
from presence.models import Agent
from tests.api.program import Program
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ADD = reverse("admin:api_apikey_add")
LIST = reverse("admin:api_apikey_changelist")


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("root", superuser=True))
    return client


def make_key(admin: Client, **fields: str) -> tuple[ApiKey, str]:
    """A key made as an admin does, and the page that shows it."""
    page = admin.post(ADD, {"name": "PBX", "source": "pbx", "read": "on"} | fields)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    return ApiKey.objects.get(), page.content.decode()


def text_in(page: str) -> str:
    return page.split('<code id="key">')[1].split("<", maxsplit=1)[0]


def test_a_key_is_shown_once_and_kept_nowhere(admin: Client) -> None:
    key, page = make_key(admin)
    text = text_in(page)
    assert keys.find(text) == key
    change = reverse("admin:api_apikey_change", args=[key.pk])
    for url in (LIST, change, reverse("admin:index"), f"{change}history/"):
        assert text not in admin.get(url, follow=True).content.decode()
    for model in (ApiKey, LogEntry, Session):
        assert text not in serializers.serialize("json", model.objects.all())
    assert key.digest not in text


def test_whoever_made_a_key_is_written_down(admin: Client) -> None:
    key, _ = make_key(admin)
    assert key.created_by
    assert key.created_by.username == "root"
    assert LogEntry.objects.get().object_repr == str(key)


def test_keys_are_listed_with_scopes_prefix_and_last_use(admin: Client) -> None:
    key, page = make_key(admin, telephony="on")
    keys.find(text_in(page), timezone.now())
    listed = admin.get(LIST).content.decode()
    for shown in ("PBX", key.prefix, "read, telephony"):
        assert shown in listed
    key.refresh_from_db()
    assert key.last_used_at


def test_neither_the_digest_nor_the_source_of_a_key_is_changed(admin: Client) -> None:
    key, _ = make_key(admin)
    url = reverse("admin:api_apikey_change", args=[key.pk])
    admin.post(url, {"name": "New", "source": "other", "digest": "0", "prefix": "0"})
    changed = ApiKey.objects.get()
    assert (changed.name, changed.source, changed.read) == ("New", "pbx", False)
    assert (changed.digest, changed.prefix) == (key.digest, key.prefix)


def test_a_key_does_not_speak_for_rollcall_itself(admin: Client) -> None:
    page = admin.post(ADD, {"name": "PBX", "source": "clock"})
    assert "Rollcall itself goes by that name" in page.content.decode()


def test_a_revoked_key_opens_nothing_from_then_on(admin: Client, program: Program) -> None:
    assert program.get("/agents").status_code == 200
    page = admin.post(LIST, {"action": "revoke", "_selected_action": [program.key.pk]}, follow=True)
    assert "opens nothing any more" in page.content.decode()
    assert program.get("/agents").status_code == 401


def test_a_key_opens_nothing_once_it_has_expired(admin: Client, program: Program) -> None:
    url = reverse("admin:api_apikey_change", args=[program.key.pk])
    said = {"name": "PBX", "read": "on", "expires_at_0": "2999-12-31", "expires_at_1": "12:00"}
    admin.post(url, said)
    assert program.get("/agents").status_code == 200
    admin.post(url, said | {"expires_at_0": "2020-01-01"})
    answer = program.get("/agents")
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


def test_a_used_key_is_revoked_instead_of_deleted(admin: Client, program: Program) -> None:
    unused, _ = keys.make("Unused")
    program.get("/agents")
    for key in (program.key, unused):
        admin.post(reverse("admin:api_apikey_delete", args=[key.pk]), {"post": "yes"})
    assert list(ApiKey.objects.all()) == [program.key]


def test_the_last_use_is_noted_to_the_minute() -> None:
    key, text = keys.make("PBX")
    now = timezone.now()

    def used(after: int) -> int:
        keys.find(text, now + timedelta(seconds=after))
        key.refresh_from_db()
        assert key.last_used_at
        return round((key.last_used_at - now).total_seconds())

    assert [used(0), used(59), used(60)] == [0, 0, 60]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic cm9vdDpyb290", "é"])
def test_without_a_key_that_is_known_there_is_a_401(
    client: Client, ada: Agent, header: str
) -> None:
    answer = client.get("/api/v1/agents", headers={"authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="rollcall"'
