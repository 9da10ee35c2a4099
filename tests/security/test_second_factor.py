"""A code from the phone beside the password: asked for, right once, slow to guess, recoverable."""

import re
from base64 import b32decode
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from pytest_django import Settings

from dashboard import factors
from dashboard.factors import Answer
from dashboard.models import SecondFactor
from presence import sealing
from presence.models import AgentState
from tests.bracketing import speak_brackets, untranslated
from tests.factories import at, make_agent, make_user

pytestmark = pytest.mark.django_db

PASSWORD = {"username": "ada", "password": "secret"}
KEY = factors.new_key()


def code_at(seconds: float, key: str = KEY) -> str:
    totp = TOTP(b32decode(key))
    totp.time = at(seconds).timestamp()
    return f"{totp.token():06}"


def code_now(key: str) -> str:
    totp = TOTP(b32decode(key))
    return f"{totp.token():06}"


@pytest.fixture
def user() -> User:
    """Ada, an agent who supervises, with a second factor since `at(0)`."""
    ada = make_user("ada", superuser=True)
    make_agent("Ada", user=ada, logged_in=False)
    return ada


@pytest.fixture
def codes(user: User) -> list[str]:
    return factors.set_up(user, KEY, code_at(0), at(0)) or []


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def key_on(page: str) -> str:
    return "".join(re.findall(r'<code class="key" translate="no">([A-Z2-7 ]+)<', page)[0].split())


def form_of(page: Any) -> dict[str, str]:
    return {"proposed": page.context["proposed"]}


def test_the_password_alone_opens_nothing(client: Client, user: User, codes: list[str]) -> None:
    answer = client.post("/login/?next=/monitor/", PASSWORD | {"next": "/monitor/"})
    assert answer["Location"] == "/login/code/"
    assert not is_in(client)
    assert client.get("/monitor/").status_code == 302
    assert client.get("/me/second-factor/")["Location"] == "/login/code/"
    assert not AgentState.objects.get(agent__user=user).logged_in
    answer = client.post("/login/code/", {"code": code_now(KEY)})
    assert answer["Location"] == "/monitor/"
    assert is_in(client)
    assert AgentState.objects.get(agent__user=user).logged_in


def test_the_password_is_remembered_for_ten_minutes_and_not_beyond_its_change(
    client: Client, user: User, codes: list[str]
) -> None:
    client.post("/login/", PASSWORD)
    session = client.session
    half = session["half_way_in"]
    session["half_way_in"] = half | {"at": (timezone.now() - timedelta(minutes=11)).isoformat()}
    session.save()
    answer = client.post("/login/code/", {"code": code_now(KEY)})
    assert answer["Location"] == "/login/"
    client.post("/login/", PASSWORD)
    user.set_password("another one, and long")
    user.save()
    client.post("/login/code/", {"code": code_now(KEY)})
    assert not is_in(client)


def test_a_code_is_right_once_and_for_a_minute_around_it(user: User, codes: list[str]) -> None:
    assert factors.check(user, code_at(0), at(1)) is Answer.WRONG
    assert factors.check(user, code_at(300), at(300)) is Answer.RIGHT
    assert factors.check(user, code_at(300), at(301)) is Answer.WRONG
    assert factors.check(user, code_at(630), at(660)) is Answer.RIGHT
    assert factors.check(user, code_at(900), at(990)) is Answer.WRONG


def test_recovery_codes_are_right_once_each_however_they_are_typed(
    user: User, codes: list[str]
) -> None:
    assert len(set(codes)) == 10
    typed = codes[0].upper().replace("-", " ")
    assert factors.check(user, typed, at(60)) is Answer.RIGHT
    assert factors.check(user, codes[0], at(61)) is Answer.WRONG
    assert factors.check(user, codes[1], at(62)) is Answer.RIGHT


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "-12345", "12 34", "x" * 9999])
def test_what_is_no_code_is_wrong(user: User, codes: list[str], code: str) -> None:
    assert factors.check(user, code, at(60)) is Answer.WRONG


def test_guessing_codes_takes_ever_longer_and_a_right_one_waits_too(
    user: User, codes: list[str]
) -> None:
    for second in range(5):
        assert factors.check(user, "000000", at(60 + second)) is Answer.WRONG
    assert factors.check(user, code_at(95), at(95)) is Answer.WAIT
    assert factors.check(user, code_at(97), at(97)) is Answer.RIGHT


def test_the_key_is_kept_sealed_and_the_codes_as_digests(user: User, codes: list[str]) -> None:
    ((_, kept),) = sealing.kept(SecondFactor, "key")
    assert KEY not in kept
    assert not set(codes) & set(SecondFactor.objects.get().recovery)


def test_whoever_wants_sets_it_up_and_turns_it_off(client: Client, user: User) -> None:
    client.force_login(user)
    page = client.get("/me/second-factor/")
    key = key_on(page.content.decode())
    assert not SecondFactor.objects.exists()
    wrong = client.post("/me/second-factor/", form_of(page) | {"code": "000000"})
    assert wrong.status_code == 409
    assert key_on(wrong.content.decode()) == key
    shown = client.post("/me/second-factor/", form_of(wrong) | {"code": code_now(key)})
    codes = re.findall(r'<li><code translate="no">([a-z2-7-]+)<', shown.content.decode())
    assert len(codes) == 10
    assert "no-store" in shown["Cache-Control"]
    change = "/me/second-factor/change/"
    assert client.post(change, {"code": "000000", "off": "yes"}).status_code == 409
    renewed = client.post(change, {"code": codes[0], "renew": "yes"}).content.decode()
    assert client.post(change, {"code": codes[1], "off": "yes"}).status_code == 409
    fresh = re.findall(r'<li><code translate="no">([a-z2-7-]+)<', renewed)
    assert client.post(change, {"code": fresh[0], "off": "yes"}).status_code == 302
    assert not SecondFactor.objects.exists()


def test_nobody_can_be_given_a_key_of_somebody_elses_choice(client: Client, user: User) -> None:
    client.force_login(user)
    others = sealing.seal(f"{user.pk + 1} {KEY}")
    for proposed in (others, KEY, ""):
        form = {"proposed": proposed, "code": code_now(KEY)}
        assert client.post("/me/second-factor/", form).status_code == 409
    assert not SecondFactor.objects.exists()


def test_where_it_is_required_supervisors_and_admins_set_it_up_before_they_are_in(
    client: Client, user: User, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.post("/login/", PASSWORD)["Location"] == "/me/second-factor/"
    assert client.get("/monitor/").status_code == 302
    page = client.get("/me/second-factor/")
    key = key_on(page.content.decode())
    client.post("/me/second-factor/", form_of(page) | {"code": code_now(key)})
    assert is_in(client)
    code = factors.new_recovery_codes(user)[0]
    client.post("/me/second-factor/change/", {"code": code, "off": "yes"})
    assert SecondFactor.objects.exists()


def test_where_it_is_required_agents_come_in_as_before(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    make_agent("Ada", user=make_user("ada"))
    client.post("/login/", PASSWORD)
    assert is_in(client)


def test_an_admin_lets_somebody_in_who_lost_everything(
    client: Client, user: User, codes: list[str]
) -> None:
    client.force_login(make_user("root", superuser=True))
    path = f"/admin/dashboard/secondfactor/{user.pk}/"
    shown = client.get(f"{path}change/").content.decode()
    assert KEY not in shown
    client.post(f"{path}delete/", {"post": "yes"})
    assert not SecondFactor.objects.exists()


def test_its_pages_say_nothing_that_cannot_be_translated(
    client: Client, user: User, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_brackets(monkeypatch)
    client.post("/login/", PASSWORD)
    pages = [client.get("/login/code/"), client.post("/login/code/", {"code": "1"})]
    client.force_login(user)
    pages.append(client.get("/me/second-factor/"))
    pages.append(client.post("/me/second-factor/change/", {"code": code_now(KEY), "renew": "y"}))
    for page in pages:
        assert not untranslated(page.content.decode(), {"Rollcall", "Ada"})
