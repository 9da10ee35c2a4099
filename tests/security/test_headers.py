"""What every answer tells the browser, and that no page needs more than that allows."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests import factories
from tests.nursery import ROOT
from tests.pages import PAGES, TOKEN, admin_lists, make_board, make_view

pytestmark = pytest.mark.django_db

SCRIPTS_WITHOUT_CODE = {"application/json"}


class Inline(HTMLParser):
    """Finds code and styles that stand in a page, and the scripts that bear no `nonce`."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and given.get("type") not in SCRIPTS_WITHOUT_CODE:
            if "src" not in given or given.get("nonce", "") != self.nonce:
                self.found.append(f"{tag} {given}")
        elif tag == "style":
            self.found.append(tag)
        self.found += [
            f"{tag} {name}"
            for name, value in attrs
            if name == "style" or name.startswith(("on", "hx-on")) or _runs(value)
        ]


def _runs(value: str | None) -> bool:
    return bool(value) and str(value).strip().lower().startswith("javascript:")


def inline(page: str, nonce: str = "") -> list[str]:
    parser = Inline(nonce)
    parser.feed(page)
    return parser.found


def policy(header: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in header.split(";"))
    return {name: value for name, _, value in parts}


@pytest.fixture
def paths() -> dict[str, tuple[str, str]]:
    """Each page of Rollcall by its route: its path and who opens it."""
    ada = factories.make_agent("Ada", user=factories.make_user("ada", superuser=True))
    view = make_view(ada)
    numbers = {
        "agent": ada.pk, "view": view.pk, "board": make_board("Wall").pk, "token": TOKEN
    }  # fmt: skip
    return {name: (page.path.format(**numbers), page.who) for name, page in PAGES.items()}


def _client(who: str) -> Client:
    client = Client()
    if who != "nobody":
        client.force_login(User.objects.get(username=who))
    return client


@pytest.mark.parametrize("found", [
    "<script>1</script>", "<script src=/x.js></script>", "<p style=''>", "<style>", "<a onclick=x>",
    "<a href=' JavaScript:x'>", "<p hx-on:click=x>",
])  # fmt: skip
def test_what_the_policy_forbids_is_found_in_a_page(found: str) -> None:
    assert inline(found, "the nonce")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_only_what_bears_its_nonce(
    name: str, paths: dict[str, tuple[str, str]]
) -> None:
    path, who = paths[name]
    client = _client(who)
    first, again = client.get(path), client.get(path)
    told = policy(first.headers["Content-Security-Policy"])
    assert re.fullmatch(r"'nonce-[\w+/=]{22,}'", told["script-src"])
    assert told["script-src"] not in again.headers["Content-Security-Policy"]
    assert told["default-src"] == told["base-uri"] == told["frame-ancestors"] == "'none'"
    assert told["style-src"] == told["form-action"] == told["connect-src"] == "'self'"
    nonce = told["script-src"].removeprefix("'nonce-").removesuffix("'")
    assert not inline(first.content.decode(), nonce)


def test_no_page_of_the_admin_or_about_the_api_has_a_script_in_it(client: Client) -> None:
    client.force_login(factories.make_user(superuser=True))
    lists = admin_lists().values()
    paths = ["/admin/", "/admin/auth/user/add/", "/admin/password_change/", "/api/v1/docs", *lists]
    for path in [*paths, *(f"{path}add/" for path in lists)]:
        answer = client.get(path)
        told = policy(answer.headers["Content-Security-Policy"])
        assert told["script-src"] == told["style-src"] == "'self'", path
        assert not inline(re.sub(r" nonce=\S+", "", answer.content.decode())), path


def test_answers_bear_what_mozilla_asks_for(client: Client) -> None:
    told = client.get("/login/").headers
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["X-Frame-Options"] == "DENY"
    assert told["Referrer-Policy"] == "same-origin"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in told["Permissions-Policy"]
    assert "unsafe" not in told["Content-Security-Policy"]


def test_what_somebody_saw_is_in_no_cache_when_they_left(client: Client) -> None:
    client.force_login(factories.make_user(superuser=True))
    for path in ("/monitor/", "/reports/workforce/", "/admin/"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_over_https_the_session_is_kept_from_scripts_and_other_sites(
    client: Client, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    factories.make_user("ada")
    answer = client.post("/login/", {"username": "ada", "password": "secret"})
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert all(cookie[mark] for mark in ("httponly", "secure"))
    assert cookie["path"] == "/"
    assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")
    assert cookie["max-age"] == 12 * 3600


CHECK = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
IN_PRODUCTION = {
    "SECRET_KEY": "k3W9vX1qLz7RtY5uBn2MsD8fGhJ0pAcEiOoUxQwZ6V4S-_made-at-random-for-one-test",
    "HTTPS": "true",
    "ALLOWED_HOSTS": "rollcall.example.com",
    "EMAIL_URL": "smtp+tls://rollcall:secret@mail.example.com:587",
    "PATH": "/usr/bin:/bin",
}


def test_nothing_is_left_to_say_of_the_settings_in_production() -> None:
    said = subprocess.run(
        CHECK, cwd=ROOT, env=IN_PRODUCTION, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert "no issues" in said.stdout


def test_over_https_cookies_bear_the_names_that_browsers_bind_to_the_host() -> None:
    code = "from config import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=IN_PRODUCTION,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["__Host-session", "__Host-csrf"]
