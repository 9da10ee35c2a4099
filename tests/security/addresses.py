"""Every address of Rollcall's own, filled in, as tests walk them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import make_agent, make_user
from tests.pages import TOKEN, make_board, make_view


@dataclass(frozen=True)
class Floor:
    """Ada, an agent who may do everything, with a view and a wallboard; Bob, an agent."""

    ada: int
    bob: int
    view: int
    board: int

    def paths(self) -> list[str]:
        """One for each route; what is done to an agent is done to Bob."""
        numbers = {
            "agent_id": self.bob, "view_id": self.view, "board_id": self.board, "queue_id": 1,
            "alert_id": 1, "token": TOKEN, "name": "workforce",
        }  # fmt: skip
        return [path.format(**numbers) for path in _patterns()]


def make_floor() -> Floor:
    ada = make_agent("Ada", mode="available", user=make_user("ada", superuser=True))
    bob = make_agent("Bob", mode="available", user=make_user("bob"))
    return Floor(ada.pk, bob.pk, make_view(ada).pk, make_board("Wall").pk)


def _patterns(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern):  # the admin and the API are walked by their own tests
                yield from _patterns(pattern.url_patterns)
            continue
        path = str(pattern.pattern)
        for kind in ("int:", "str:", "slug:"):
            path = path.replace(f"<{kind}", "{")
        yield "/" + path.replace(">", "}")
