"""What every page knows: who looks, their bar, and the ticket for its socket."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from dashboard.bar import Bar, read_one
from dashboard.people import agent_of, may_supervise
from dashboard.tickets import for_page, issue
from presence.models import Agent


def bar(request: HttpRequest) -> dict[str, Any]:
    """Lazy, for the admin's pages use none of it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}

    @cache
    def agent() -> Agent | None:
        return agent_of(user)

    def own() -> Bar | None:
        found = agent()
        return read_one(found) if found else None

    def ticket() -> str:
        found = agent()
        return issue(for_page(request, found, monitor=False)) if found else ""

    return {
        "bar": SimpleLazyObject(own),
        "may_supervise": SimpleLazyObject(lambda: may_supervise(user)),
        "ticket": SimpleLazyObject(ticket),
    }
