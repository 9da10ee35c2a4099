"""Who acts now, and from where. Who acts is known while a request is answered or a command runs;
what the telephony reports is nobody's doing, and so is what Rollcall does by itself, but where it
says `by_itself`: where it changes a setting."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from getpass import getuser
from ipaddress import ip_address

from django.http import HttpRequest

from audit.words import Way


@dataclass(frozen=True)
class Doer:
    """`user_id` is the user's primary key, where it is one. `through` is the API key's prefix or
    the command; `address` the client's."""

    way: Way
    who: str = ""
    user_id: int | None = None
    through: str = ""
    address: str | None = None


_now: ContextVar[Callable[[], Doer] | None] = ContextVar("origin", default=None)


def doer() -> Doer | None:
    """Who acts now; None: nobody does."""
    ask = _now.get()
    return ask() if ask else None


@contextmanager
def acting(who: Callable[[], Doer]) -> Iterator[None]:
    """Whatever is changed inside is the doing of `who`, asked when it is changed."""
    token = _now.set(who)
    try:
        yield
    finally:
        _now.reset(token)


def by_key(request: HttpRequest, name: str, prefix: str) -> None:
    """From here on the request acts by this API key."""
    key = Doer(Way.API, name, through=prefix, address=address_of(request))
    _now.set(lambda: key)


def by_user(request: HttpRequest) -> Doer:
    """Whoever is signed in when it is asked: signing in changes that."""
    user = request.user
    way = Way.ADMIN if request.path_info.startswith("/admin/") else Way.SCREEN
    who = user.get_username() if user.is_authenticated else ""
    return Doer(way, who, user.pk, address=address_of(request))


def by_itself() -> Doer:
    return Doer(Way.ITSELF)


_SERVING = {"serve", "runserver", "run_clock", "run_connectors"}


def command(arguments: list[str]) -> AbstractContextManager[None]:
    """What a command of manage.py changes is the doing of whoever runs it; not what a server
    does, that they started."""
    name = arguments[1] if len(arguments) > 1 else ""
    return nullcontext() if name in _SERVING else acting(lambda: by_command(name))


def by_command(name: str) -> Doer:
    try:
        who = getuser()
    except (KeyError, OSError):  # containers run as users without a name
        who = ""
    return Doer(Way.COMMAND, who, through=name)


def address_of(request: HttpRequest) -> str | None:
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]))
    except ValueError:
        return None
