"""The second factor: codes of a phone (TOTP, RFC 6238), and recovery codes in their place."""

import hashlib
import secrets
from base64 import b32decode, b32encode
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import User
from django_otp.oath import TOTP

from dashboard.models import SecondFactor
from dashboard.people import may_supervise
from presence.writing import write

_CODES = 10
_FREE_TRIES = 5
_LONGEST_WAIT = 900  # seconds
_DIGITS = 6


class Answer(Enum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"


def new_key() -> str:
    """160 random bits, as phones take them typed."""
    return b32encode(secrets.token_bytes(20)).decode()


def address(user: User, key: str) -> str:
    """What the QR code says."""
    name = quote(f"Rollcall:{user.get_username()}")
    return f"otpauth://totp/{name}?secret={key}&issuer=Rollcall"


def has_one(user: User) -> bool:
    return SecondFactor.objects.filter(user=user).exists()


def must_have_one(user: User) -> bool:
    """Whether SECOND_FACTOR_REQUIRED asks it of them."""
    return settings.SECOND_FACTOR_REQUIRED and (user.is_staff or may_supervise(user))


def set_up(user: User, key: str, code: str, now: datetime) -> list[str] | None:
    """Have `user` asked for codes of `key` from now on, where `code` is one; gives the recovery
    codes, which are kept nowhere. None: it is not, and nothing changed."""
    step = _step(key, code, now, after=0)
    if step is None:
        return None
    codes = _new_codes()
    kept = {"key": key, "recovery": [_digest(one) for one in codes], "last_step": step}
    fresh = {"failures": 0, "failed_at": None, "set_up_at": now}
    with write():
        SecondFactor.objects.update_or_create(user=user, defaults=kept | fresh)
    return codes


def new_recovery_codes(user: User) -> list[str]:
    """The ones before open nothing any more."""
    codes = _new_codes()
    with write():
        factor = SecondFactor.objects.get(user=user)
        factor.recovery = [_digest(one) for one in codes]
        factor.save(update_fields=["recovery"])
    return codes


def turn_off(user: User) -> None:
    with write():
        SecondFactor.objects.filter(user=user).delete()


def check(user: User, code: str, now: datetime) -> Answer:
    """Whether `code` is the phone's or a recovery code; either is right once."""
    with write():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None:
            return Answer.WRONG
        if factor.failed_at and now < factor.failed_at + _wait(factor.failures):
            return Answer.WAIT
        right = _accept(factor, code, now)
        factor.failures, factor.failed_at = (0, None) if right else (factor.failures + 1, now)
        factor.save(update_fields=["last_step", "recovery", "failures", "failed_at"])
    return Answer.RIGHT if right else Answer.WRONG


def _accept(factor: SecondFactor, code: str, now: datetime) -> bool:
    step = _step(factor.key, code, now, after=factor.last_step)
    if step is not None:
        factor.last_step = step
        return True
    digest = _digest(code)
    if digest in factor.recovery:
        factor.recovery = [one for one in factor.recovery if one != digest]
        return True
    return False


def _step(key: str, code: str, now: datetime, after: int) -> int | None:
    """The step of 30 seconds whose code it is: the one of now, or its neighbour."""
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    totp = TOTP(b32decode(key))
    totp.time = now.timestamp()
    return int(totp.t()) if totp.verify(int(digits), tolerance=1, min_t=after + 1) else None


def _wait(failures: int) -> timedelta:
    if failures < _FREE_TRIES:
        return timedelta()
    return timedelta(seconds=min(2 ** min(failures, 20), _LONGEST_WAIT))


def _new_codes() -> list[str]:
    """80 random bits each, so that a plain digest keeps them."""
    return [
        "-".join(text[at : at + 4] for at in range(0, 16, 4))
        for text in (b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(_CODES))
    ]


def _digest(code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
