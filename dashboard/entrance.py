"""Coming in: a session, and for agents a log-in to the floor. Who has proved themselves by half is
remembered until they do by the whole."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import auth
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from dashboard.people import agent_of
from presence.events import LogIn
from routing.actions import apply

PATIENCE = timedelta(minutes=10)
"""How long somebody may take from the password to the second factor."""

_KEY = "half_way_in"


@dataclass(frozen=True)
class HalfWay:
    """Whose password was right, by which backend, and where they want to go."""

    user: User
    backend: str
    target: str


def enter(request: HttpRequest, user: User, backend: str | None = None) -> None:
    auth.login(request, user, backend)
    if agent := agent_of(user):
        apply(agent.pk, LogIn(at=timezone.now(), actor=user.pk))


def hold(request: HttpRequest, user: User, target: str) -> None:
    """Remember that the password was right. It opens nothing yet."""
    request.session.cycle_key()
    request.session[_KEY] = {
        "user": user.pk,
        "backend": getattr(user, "backend", ""),
        "target": target,
        "hash": user.get_session_auth_hash(),
        "at": timezone.now().isoformat(),
    }


def held(request: HttpRequest) -> HalfWay | None:
    """Who is half-way in; nobody, if that is long ago or the password was changed since."""
    kept = request.session.get(_KEY)
    if not kept or timezone.now() - datetime.fromisoformat(kept["at"]) > PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["hash"]):
        return None
    return HalfWay(user, kept["backend"], kept["target"])


def finish(request: HttpRequest, half: HalfWay) -> None:
    del request.session[_KEY]
    enter(request, half.user, half.backend)
