"""No page says a word that no catalogue can translate: every page, in a language of brackets."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from alerts.models import rules
from presence.catalogue import CATALOGUE
from presence.models import Agent, Floor, Team
from presence.outbox import EventType
from tests import factories
from tests.bracketing import speak_brackets, untranslated
from tests.pages import (
    FORBIDDEN,
    MISSING,
    NO_PAGES,
    PAGES,
    TOKEN,
    Page,
    admin_lists,
    make_board,
    make_view,
    routes,
)

pytestmark = pytest.mark.django_db

NAMES = {"test", "Rollcall", "Asterisk", "CSV", "UTC", "Español", "Français", "English"}
"""What is called the same in every language. All else that the pages below show of the database is
written in Greek, which the search for words passes over."""

WORD = re.compile(r"[A-Za-z]{2,}")


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in WORD.findall(text)}


ZONES = _words(*available_timezones())
DJANGOS_OWN = {"Search", "True", "False", "None"}
"""What Django's admin says in English only."""
IN_ADMIN = DJANGOS_OWN | _words(
    "ada", "bob", "mode", "test", "WebphoneConnected",
    *(f"{status.code} {status.label}" for status in CATALOGUE),
    *EventType,
    *(name for name in rules._OURS),
)  # fmt: skip


SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """Signs in one of a floor whose words are all Greek."""
    team = Team.objects.create(name="Ομάδα")
    lunch = factories.make_reason("on_break", "Γεύμα")
    began = timezone.now() - timedelta(minutes=90)
    agents = [
        factories.make_agent(
            name,
            mode="on_break",
            reason=lunch.pk,
            team=team,
            user=factories.make_user(user, superuser=user == "ada"),
            start=began,
        )
        for name, user in (("Άδα", "ada"), ("Βίκτωρ", "bob"))
    ]
    factories.make_queue("Ουρά", members=agents)
    Floor.objects.update(name="Όροφος")

    def open_for(who: str) -> Client:
        if who != "nobody":
            client.force_login(Agent.objects.get(user__username=who).user)
        return client

    return open_for


def _walk(opened: Page, sign_in: SignIn) -> Any:
    return sign_in(opened.who).get(opened.path.format(**_numbers()))


def _numbers() -> dict[str, object]:
    agent = Agent.objects.get(user__username="ada")
    view = make_view(agent)
    return {"agent": agent.pk, "view": view.pk, "board": make_board("Τοίχος").pk, "token": TOKEN}


def test_every_route_is_known_as_a_page_or_as_none() -> None:
    assert routes() == PAGES.keys() | NO_PAGES.keys()
    assert not PAGES.keys() & NO_PAGES.keys()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_nothing_that_cannot_be_translated(
    name: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_brackets(monkeypatch)
    answer = _walk(PAGES[name], sign_in)
    assert answer.status_code == 200
    said = untranslated(answer.content.decode(), NAMES | ZONES)
    assert not said, said


@pytest.mark.parametrize(("opened", "status"), [(MISSING, 404), (FORBIDDEN, 403)])
def test_a_page_that_is_not_to_be_had_says_so_in_every_language(
    opened: Page, status: int, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_brackets(monkeypatch)
    answer = _walk(opened, sign_in)
    assert answer.status_code == status
    said = untranslated(answer.content.decode(), NAMES | ZONES)
    assert not said, said


@pytest.mark.parametrize("name", admin_lists())
def test_what_the_admin_says_of_our_own_can_be_translated(
    name: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of a model, and the form of a new one."""
    speak_brackets(monkeypatch)
    admin = sign_in("ada")
    for path in (admin_lists()[name], f"{admin_lists()[name]}add/"):
        answer = admin.get(path)
        if answer.status_code == 403 and path.endswith("add/"):
            continue
        assert answer.status_code == 200
        said = untranslated(answer.content.decode(), NAMES | IN_ADMIN)
        assert not said, said


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_page_says_which_language_it_is_in(language: str, sign_in: SignIn) -> None:
    page = sign_in("nobody").get("/login/", headers={"accept-language": language})
    assert f'<html lang="{language}" dir="ltr">' in page.content.decode()
    assert page.headers["Content-Language"] == language
