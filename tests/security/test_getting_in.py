"""Guessing is slow, and slows nobody else; passwords are good ones, and kept well."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from api.guesses import COOL_OFF, LIMIT, Guesses
from config.settings import PASSWORD_HASHERS
from dashboard.management.commands.serve import _check
from presence.addresses import house
from tests.api.program import Program
from tests.factories import at, make_user

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


def sign_in(name: str, password: str, address: str = HERE, path: str = "/login/") -> Any:
    form = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post(path, form)


@pytest.fixture
def guessed(settings: Settings) -> None:
    """Somebody at HERE has tried passwords of Ada's."""
    settings.AXES_FAILURE_LIMIT = 3
    for name in ("ada", "bob"):
        make_user(name, staff=True)
    for number in range(3):
        answer = sign_in("ada", f"guess {number}")
    assert answer.status_code == 429


def test_who_guesses_waits_and_is_told_how_long(guessed: None) -> None:
    answer = sign_in("ada", "secret")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "Wait 15 minutes" in answer.content.decode()


def test_the_admin_has_no_door_of_its_own(guessed: None, client: Client) -> None:
    answer = client.post("/admin/login/", {"username": "ada", "password": "secret"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("name", "address"), [("bob", HERE), ("ada", ELSEWHERE)])
def test_guessing_locks_neither_a_colleague_nor_the_user_elsewhere_out(
    guessed: None, name: str, address: str
) -> None:
    assert sign_in(name, "secret", address).status_code == 302


def test_after_a_while_the_guessed_at_get_in_even_if_guessing_went_on(guessed: None) -> None:
    sign_in("ada", "one more")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in("ada", "secret").status_code == 302


def test_a_few_mistakes_are_forgotten_once_somebody_is_in(settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    make_user("ada")
    for password in ("wrong", "wrong", "secret", "wrong", "wrong", "secret"):
        answer = sign_in("ada", password)
    assert answer.status_code == 302


def test_no_password_that_was_tried_is_kept(guessed: None) -> None:
    kept = "".join(AccessAttempt.objects.values_list("post_data", flat=True))
    assert kept
    assert "guess" not in kept


@pytest.mark.parametrize(("address", "known_as"), [
    ("192.0.2.1", "192.0.2.1"),
    ("::ffff:192.0.2.1", "192.0.2.1"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ("fe80::1%eth0", "fe80::"),
    ("", None),
    ("unix:", None),
])  # fmt: skip
def test_a_house_is_known_by_its_address(address: str, known_as: str | None) -> None:
    assert house(address) == known_as


def guess(text: str, address: str = HERE) -> Any:
    client = Client(REMOTE_ADDR=address, raise_request_exception=False)
    return client.get("/api/v1/agents", headers={"authorization": f"Bearer {text}"})


def test_who_guesses_at_a_key_waits_while_other_keys_and_addresses_do_not() -> None:
    guessed_at, another = Program("read"), Program("read")
    for _ in range(LIMIT):
        assert guess(f"{guessed_at.key.prefix}-guess").status_code == 401
    refused = guess(guessed_at.text)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_keys")
    assert 0 < int(refused["Retry-After"]) <= COOL_OFF.total_seconds()
    assert guess("any other").status_code == 429
    assert guess(another.text).status_code == 200
    assert guess(guessed_at.text, ELSEWHERE).status_code == 200


def test_wrong_keys_are_forgotten_after_the_wait_and_bounded_before() -> None:
    guesses = Guesses()
    for _ in range(LIMIT):
        guesses.wrong(HERE, "rollcall_abcdef-1", at(0))
    assert guesses.at_this_key(HERE, "rollcall_abcdef-2", at(1)) == COOL_OFF.total_seconds() - 1
    assert guesses.at_this_key(HERE, "rollcall_abcdeX", at(1)) == 0
    assert guesses.at_this_key(HERE, "rollcall_abcdef-2", at(0) + COOL_OFF) == 0
    for number in range(20_000):
        guesses.wrong(f"address {number}", "key", at(2))
    assert len(guesses._tries) == 10_000


def test_passwords_are_hashed_by_argon2_and_old_hashes_are_replaced(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    user = User.objects.create(
        username="ada", password=make_password("secret", None, "pbkdf2_sha256")
    )
    assert sign_in("ada", "secret").status_code == 302
    user.refresh_from_db()
    assert identify_hasher(user.password).algorithm == "argon2"
    assert "m=19456,t=2,p=1" in user.password


@pytest.mark.parametrize("password", ["short-1", "1qaz2wsx3edc", "928374651029384756"])
def test_a_poor_password_is_refused_wherever_one_is_set(password: str, client: Client) -> None:
    user = make_user("ada", superuser=True)
    client.force_login(user)
    own = {"old_password": "secret", "new_password1": password, "new_password2": password}
    assert client.post("/me/password/", own).status_code == 200
    made = {
        "username": "new",
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }
    assert client.post("/admin/auth/user/add/", made).status_code == 200
    assert not User.objects.filter(username="new").exists()
    user.refresh_from_db()
    assert check_password("secret", user.password)
    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_PASSWORD"):
        _check(password)


def test_everybody_can_change_their_password_which_signs_them_out_elsewhere(client: Client) -> None:
    user = make_user("ada")
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(user)
    new = "four words are enough"
    form = {"old_password": "secret", "new_password1": new, "new_password2": new}
    answer = client.post("/me/password/", form, follow=True)
    assert "Your password is changed" in answer.content.decode()
    assert client.get("/me/preferences/").status_code == 200
    assert elsewhere.get("/me/preferences/").status_code == 302
    assert sign_in("ada", new).status_code == 302


def test_who_signs_in_elsewhere_has_no_password_to_change(client: Client) -> None:
    user = make_user("ada")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert "/me/password/" not in client.get("/me/preferences/").content.decode()
    assert client.get("/me/password/").status_code == 403
