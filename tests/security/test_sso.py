"""Single sign-on, against a real provider: who it vouches for is in; nobody else is."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from dashboard import sso
from presence.models import AgentState
from tests.factories import make_agent, make_user
from tests.services import oidc_provider
from tests.services.oidc_provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.django_db

ADA = {"email": "ada@example.com", "email_verified": True}


@pytest.fixture(scope="module")
def _running() -> Iterator[Provider]:
    with oidc_provider.running() as one:
        yield one


@pytest.fixture
def provider(_running: Provider, settings: Settings) -> Provider:
    settings.OIDC_ISSUER = _running.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    return _running


@pytest.fixture
def ada(provider: Provider) -> User:
    user = make_user("ada")
    user.email = "Ada@example.com"
    user.save()
    make_agent("Ada", user=user, logged_in=False)
    return user


def come_back(client: Client, next_: str = "") -> Any:
    """Go to the provider as a browser does, and back."""
    to = client.get("/login/sso/", {"next": next_} if next_ else {})
    assert to.status_code == 302
    back = httpx.get(to["Location"])
    assert back.status_code == 302
    return client.get(back.headers["location"])


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_who_the_provider_vouches_for_is_in_and_on_the_floor(
    client: Client, provider: Provider, ada: User
) -> None:
    provider.tell(**ADA)
    assert "/login/sso/" in client.get("/login/").content.decode()
    answer = come_back(client, "/me/preferences/")
    assert answer["Location"] == "/me/preferences/"
    assert int(client.session["_auth_user_id"]) == ada.pk
    assert AgentState.objects.get(agent__user=ada).logged_in
    assert client.get("/me/preferences/").status_code == 200


def test_users_may_be_known_by_name(
    client: Client, provider: Provider, ada: User, settings: Settings
) -> None:
    settings.OIDC_USER_CLAIM = "preferred_username"
    provider.tell(preferred_username="ada", email="whoever@example.com")
    come_back(client)
    assert is_in(client)


@pytest.mark.parametrize("claims", [
    {"email": "stranger@example.com", "email_verified": True},
    {"email": "ada@example.com"},
    {"email": "ada@example.com", "email_verified": False},
    {"email": "", "email_verified": True},
    {"email": ["ada@example.com"], "email_verified": True},
    {},
    ADA | {"wrong_key": True},
    ADA | {"token": {"aud": "another program"}},
    ADA | {"token": {"iss": "https://elsewhere.example"}},
    ADA | {"token": {"exp": 1}},
    ADA | {"token": {"nonce": "of another log-in"}},
    ADA | {"info": ADA | {"sub": "2"}},
])  # fmt: skip
def test_nobody_else_is_in(
    claims: dict[str, Any], client: Client, provider: Provider, ada: User
) -> None:
    provider.tell(**claims)
    answer = come_back(client)
    assert answer["Location"] == "/login/"
    assert not is_in(client)
    assert "Ask an admin" in client.get("/login/").content.decode()
    assert User.objects.count() == 1


def test_who_is_not_active_any_more_is_not_in(
    client: Client, provider: Provider, ada: User
) -> None:
    User.objects.update(is_active=False)
    provider.tell(**ADA)
    come_back(client)
    assert not is_in(client)


def test_an_address_that_two_have_opens_nothing(
    client: Client, provider: Provider, ada: User
) -> None:
    User.objects.create(username="ada2", email="ada@example.com")
    provider.tell(**ADA)
    come_back(client)
    assert not is_in(client)


@pytest.mark.parametrize("query", [
    "", "code=1", "code=1&state=forged", "error=access_denied", "error=x&state=y", "state=%00",
])  # fmt: skip
def test_a_way_back_that_nobody_went_leads_nowhere(
    query: str, client: Client, provider: Provider, ada: User
) -> None:
    for _ in range(2):
        answer = client.get(f"/login/sso/back/?{query}")
        assert answer["Location"] == "/login/"
        client.get("/login/sso/")  # and with a session that knows a state
    assert not is_in(client)


def test_an_answer_counts_once(client: Client, provider: Provider, ada: User) -> None:
    provider.tell(**ADA)
    back = httpx.get(client.get("/login/sso/")["Location"]).headers["location"]
    client.get(back)
    client.logout()
    client.get(back)
    assert not is_in(client)


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\evil"])
def test_the_way_back_stays_here(
    target: str, client: Client, provider: Provider, ada: User
) -> None:
    provider.tell(**ADA)
    assert come_back(client, target)["Location"] == "/"


def test_failures_there_lock_nobody_out(client: Client, provider: Provider, ada: User) -> None:
    provider.tell()
    for _ in range(12):
        come_back(client)
    provider.tell(**ADA)
    come_back(client)
    assert is_in(client)


def test_a_provider_that_is_down_or_another_is_said_in_words(
    client: Client, provider: Provider, settings: Settings
) -> None:
    for issuer in ("http://127.0.0.1:9", f"{provider.issuer}/"):
        settings.OIDC_ISSUER = issuer
        sso.provider.cache_clear()
        answer = client.get("/login/sso/", follow=True)
        assert answer.status_code == 200
        assert "Ask an admin" in answer.content.decode()


def test_without_a_provider_there_is_no_such_door(client: Client) -> None:
    assert "/login/sso/" not in client.get("/login/").content.decode()
    assert client.get("/login/sso/").status_code == 404
    assert client.get("/login/sso/back/?code=1&state=2").status_code == 404
