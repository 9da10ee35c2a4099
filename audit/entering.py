"""Who signed in and out, and who failed to. django-axes counts wrong passwords for as long as they
make somebody wait; here they stay."""

from typing import Any

from django.contrib.auth import get_user_model, signals
from django.contrib.auth.models import User
from django.http import HttpRequest

from audit.recording import record
from audit.words import Action


def watch() -> None:
    signals.user_logged_in.connect(_came, dispatch_uid="audit")
    signals.user_logged_out.connect(_left, dispatch_uid="audit")
    signals.user_login_failed.connect(_failed, dispatch_uid="audit")


def _came(*, user: User, **_given: Any) -> None:
    record(Action.LOGGED_IN, user)


def _left(*, user: User | None, **_given: Any) -> None:
    if user:
        record(Action.LOGGED_OUT, user)


def _failed(
    *, credentials: dict[str, Any], request: HttpRequest | None = None, **_given: Any
) -> None:
    """Of a user that there is, and not while they have to wait: who floods the log-in does not
    flood the log, and a password typed in the wrong field is not kept."""
    users = get_user_model()
    name = credentials.get(users.USERNAME_FIELD)
    user = users._default_manager.filter(username=name).first() if name else None
    if user and not _waits(request):
        record(Action.LOGIN_FAILED, user)


def _waits(request: HttpRequest | None) -> bool:
    """Whether they had to wait already: django-axes counts no failure of those."""
    counted = getattr(request, "axes_failures_since_start", None) is not None
    return getattr(request, "axes_locked_out", False) and not counted
