"""Who may what: for every address a rule says whom it lets in, and all others get nothing. An
address without a rule fails here: say what it is for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from alerts.models import Alert, Rule
from api import stream
from config import asgi
from dashboard import sockets
from dashboard.models import SavedView
from presence.models import Agent, OutboxEvent
from routing import limits
from routing.models import Interaction, Queue
from routing.sight import EVERYTHING
from tests.api.program import SCOPES, Program
from tests.api.test_document import operations, scopes_of
from tests.factories import (
    call_in,
    make_agent,
    make_limit,
    make_queue,
    make_team,
    make_user,
    row_of,
)
from tests.pages import TOKEN, admin_lists, make_board, routes

pytestmark = pytest.mark.django_db

HIDDEN = ("Bob Whitfield", "Crimson", "Undertow", "Gatepost", "+44 20 7946 0018")
"""An agent, his team, his queue, a wallboard of everybody's, and a caller."""

ROLES = ("nobody", "agent", "supervisor", "stranger", "admin")
"""Signed out; an agent; a supervisor without a limit; one who is limited to another team; an admin
who is no superuser."""

IN, LOGIN = "in", "log-in"


@dataclass(frozen=True)
class Lets:
    """What each role gets who asks: in, the way to the log-in, or 403 or 404."""

    nobody: str | int
    agent: str | int
    supervisor: str | int
    stranger: str | int
    admin: str | int


EVERYBODY = Lets(IN, IN, IN, IN, IN)
SIGNED_IN = Lets(LOGIN, IN, IN, IN, IN)
AWAY = Lets(LOGIN, LOGIN, LOGIN, LOGIN, LOGIN)
"""Leads to the log-in, whoever comes."""
ABSENT = Lets(404, 404, 404, 404, 404)
"""Not there unless it is set up."""
OWN = Lets(LOGIN, IN, 403, 403, 403)
"""An agent's own."""
WATCHING = Lets(LOGIN, 403, IN, IN, IN)
"""For who may watch the floor; what there is in it is another question."""
ADMINS = Lets(LOGIN, 403, 403, 403, IN)
BOBS = Lets(LOGIN, 403, IN, 404, IN)
"""Bob's, of the team Crimson."""
SUPERVISORS = Lets(LOGIN, 403, IN, 404, 404)
"""The supervisor's own view."""

PAGES = {
    "home": ("/", SIGNED_IN),
    "login": ("/login/", EVERYBODY),
    "login_sso": ("/login/sso/", ABSENT),
    "login_sso_back": ("/login/sso/back/", ABSENT),
    "login_code": ("/login/code/", AWAY),
    "second_factor": ("/me/second-factor/", SIGNED_IN),
    "second_factor_change": ("/me/second-factor/change/", SIGNED_IN),
    "logout": ("/logout/", AWAY),
    "password": ("/me/password/", SIGNED_IN),
    "preferences": ("/me/preferences/", SIGNED_IN),
    "ticket": ("/ticket/", OWN),
    "ticket of a monitor": ("/ticket/?monitor=1", WATCHING),
    "agent_page": ("/me/", OWN),
    "mode": ("/me/mode/", OWN),
    "cancel_pending": ("/me/pending/cancel/", OWN),
    "answer": ("/me/offer/answer/", OWN),
    "reject": ("/me/offer/reject/", OWN),
    "wrap_up_done": ("/me/wrap-up/done/", OWN),
    "device": ("/me/device/", OWN),
    "opt": ("/me/queues/{own_queue}/", OWN),
    "microphone": ("/me/microphone/", OWN),
    "active": ("/me/active/", OWN),
    "idle": ("/me/idle/", OWN),
    "login_policy": ("/me/log-in-policy/", OWN),
    "notices_read": ("/me/notices/read/", OWN),
    "notifications_off": ("/me/notices/off/", OWN),
    "reports": ("/reports/", WATCHING),
    "report": ("/reports/workforce/", WATCHING),
    "report as a file": ("/reports/workforce/?format=csv", WATCHING),
    "report of queues": ("/reports/queues/", WATCHING),
    "monitor": ("/monitor/", WATCHING),
    "monitor of Bob's queue": ("/monitor/?queue={queue}&group=team", WATCHING),
    "audit": ("/audit/", ADMINS),
    "audit as a file": ("/audit/?csv=1", ADMINS),
    "alerts": ("/alerts/", WATCHING),
    "acknowledge_alert": ("/alerts/{alert}/acknowledge/", BOBS),
    "selection": ("/monitor/selection/", WATCHING),
    "layout": ("/monitor/layout/", WATCHING),
    "opens_with": ("/monitor/opens-with/", WATCHING),
    "views": ("/monitor/views/", WATCHING),
    "change_view": ("/monitor/views/{view}/", SUPERVISORS),
    "delete_view": ("/monitor/views/{view}/delete/", SUPERVISORS),
    "wallboard": (f"/wall/{TOKEN}/", EVERYBODY),
    "wallboard_ticket": (f"/wall/{TOKEN}/ticket/", EVERYBODY),
    "wallboards": ("/wallboards/", WATCHING),
    "wallboard_change": ("/wallboards/{board}/", BOBS),
    "wallboard_new_link": ("/wallboards/{board}/link/", BOBS),
    "wallboard_revoke": ("/wallboards/{board}/revoke/", BOBS),
    "wallboard_preview": ("/wallboards/{board}/preview/", BOBS),
    "wallboard_preview_ticket": ("/wallboards/{board}/preview/ticket/", BOBS),
    "agent_day": ("/agents/{bob}/", BOBS),
    "set_mode": ("/agents/{bob}/mode/", BOBS),
    "act": ("/agents/{bob}/log_out_agent/", BOBS),
}
"""By route; what comes after the route's name tells its ways apart."""

SHOWS_FIGURES = ("wallboard", "wallboard_ticket")
"""Whoever has the link is shown what it counts; names of agents and callers never."""


@dataclass(frozen=True)
class World:
    """Ada, an agent, and Bob of another team, with what there is about him."""

    bob: Agent
    people: dict[str, User]
    numbers: dict[str, int]


@pytest.fixture
def world() -> World:
    crimson = make_team("Crimson")
    ada = make_agent("Ada", mode="available", team=make_team("Blue"))
    bob = make_agent("Bob Whitfield", mode="available", team=crimson)
    queue = make_queue("Undertow", members=[bob], rollcall=True)
    call_in(queue, caller="+44 20 7946 0018")
    supervisor = _person("sue", "Supervisor")
    view = SavedView.objects.create(owner=supervisor, name="Mine", query="sort=agent")
    stranger = _person("stan", "Supervisor")
    make_limit(stranger, teams=[make_team("Green")])
    admin = _person("adam", "Admin")
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    people = {"agent": ada.user, "supervisor": supervisor, "stranger": stranger, "admin": admin}
    numbers = {
        "bob": bob.pk,
        "queue": queue.pk,
        "own_queue": make_queue("Shallows", members=[ada]).pk,
        "view": view.pk,
        "board": make_board("Gatepost").pk,
        "alert": _alert(bob).pk,
    }
    return World(bob, people, numbers)


def _person(name: str, group: str) -> User:
    user = make_user(name)
    user.groups.add(Group.objects.get(name=group))
    return user


def _alert(agent: Agent) -> Alert:
    rule, now = Rule.objects.all()[0], timezone.now()
    return Alert.objects.create(
        rule=rule,
        subject=f"agent:{agent.pk}",
        name=agent.name,
        severity="warning",
        since=now,
        raised_at=now,
    )


def test_every_page_has_a_rule(world: World) -> None:
    named = {name.partition(" ")[0] for name in PAGES}
    assert named == routes()
    for name, (path, _rule) in PAGES.items():
        found = resolve(path.format(**world.numbers).partition("?")[0])
        assert found.url_name == name.partition(" ")[0]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_lets_in_whom_it_is_for(role: str, world: World) -> None:
    wrong = dict(_wrong(role, world))
    assert not wrong


def _wrong(role: str, world: World) -> Iterator[tuple[str, object]]:
    before = row_of(world.bob).version
    for (name, (path, rule)), method in product(PAGES.items(), ("GET", "POST")):
        with _undone():
            answer = _ask(role, world, method, path)
            got, wanted = _outcome(answer), getattr(rule, role)
            if got != wanted and answer.status_code != 405:
                yield f"{method} {name}", (got, wanted)
            may_see = wanted == IN and role in {"supervisor", "admin"}
            if not may_see and (seen := _seen(answer, name)):
                yield f"{method} {name} shows", seen
            if wanted != IN and row_of(world.bob).version != before:
                yield f"{method} {name} does", "something"


class _undone:  # noqa: N801 - used as a word
    """What happens within is undone."""

    def __enter__(self) -> None:
        self._point = transaction.savepoint()

    def __exit__(self, *_: object) -> None:
        transaction.savepoint_rollback(self._point)


def _ask(role: str, world: World, method: str, path: str) -> Any:
    client = Client()
    if role in world.people:
        client.force_login(world.people[role])
    bobs = {"agent": world.bob.pk, "act": "set_mode", "choice": "busy", "sure": "1"}
    address = path.format(**world.numbers)
    return client.post(address, bobs) if method == "POST" else client.get(address)


def _outcome(answer: Any) -> str | int:
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/login/"):
        return LOGIN
    return answer.status_code if answer.status_code in {403, 404} else IN


def _seen(answer: Any, name: str) -> list[str]:
    text = answer.content.decode()
    hidden = HIDDEN[:1] + HIDDEN[-1:] if name in SHOWS_FIGURES else HIDDEN
    return [word for word in hidden if word in text]


def test_what_is_wrong_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "sight_of", lambda _user: EVERYTHING)
    wrong = dict(_wrong("stranger", world))
    assert wrong["GET agent_day"] == (IN, 404)
    assert "Bob Whitfield" in str(wrong["GET monitor shows"])
    assert "Crimson" in str(wrong["GET report as a file shows"]) + str(wrong["GET monitor shows"])
    assert "POST set_mode" in wrong


@pytest.mark.parametrize("role", ROLES)
def test_only_admins_open_the_admin(role: str, world: World) -> None:
    wanted = {"nobody": LOGIN, "admin": IN}.get(role, 403)
    paths = [*admin_lists().values(), "/admin/", "/admin/auth/user/", "/admin/auth/group/"]
    for path in paths:
        client = Client()
        if role in world.people:
            client.force_login(world.people[role])
        answer = client.get(path)
        if answer.headers.get("Location", "").startswith("/admin/login/"):
            answer = client.get(answer.headers["Location"])
        assert _outcome(answer) == wanted, path


# --- the API ----------------------------------------------------------------------------------

LEFT_OUT = 200
"""A list, without what is not seen."""
UNKNOWN = 422
"""The body names what is not there for the key."""

OPERATIONS: dict[str, int] = {
    "list_agents": LEFT_OUT,
    "get_agent": 404,
    "get_availability": 404,
    "set_mode": 404,
    "cancel_pending": 404,
    "finish_wrap_up": 404,
    "set_opted_out": 404,
    "list_statuses": LEFT_OUT,
    "list_queues": LEFT_OUT,
    "get_queue": 404,
    "list_interactions": LEFT_OUT,
    "get_interaction": 404,
    "create_interaction": UNKNOWN,
    "create_event": 404,
    "create_reservation": 404,
}
"""What a key gets that is limited to another team, by operation."""

BODIES: dict[str, Any] = {
    "set_mode": {"status": "busy"},
    "set_opted_out": {"opted_out": True},
    "create_interaction": {"external_id": "x", "queue": "Undertow"},
    "create_event": {"type": "hung_up"},
    "create_reservation": {"external_id": "x"},
}


def _called(program: Program, world: World) -> Iterator[tuple[str, Any]]:
    """Every operation, about Bob, and what it is answered."""
    numbers = {
        "agent_id": world.bob.pk,
        "queue_id": world.numbers["queue"],
        "interaction_id": Interaction.objects.get().pk,
    }
    for method, path, operation in operations():
        name = operation["operationId"]
        with _undone():
            yield name, program.ask(method, path.format(**numbers), BODIES.get(name))


def test_every_operation_has_a_rule() -> None:
    assert OPERATIONS.keys() == {operation["operationId"] for _, _, operation in operations()}


def test_a_key_that_is_limited_to_another_team_gets_nothing_of_bobs(world: World) -> None:
    program = Program(*SCOPES)
    program.key.limit = make_limit(teams=[make_team("Grey")])
    program.key.save()
    before, told = row_of(world.bob).version, OutboxEvent.objects.count()
    for name, answer in _called(program, world):
        assert answer.status_code == OPERATIONS[name], (name, answer.content)
        found = [word for word in HIDDEN[:-1] if word in answer.content.decode()]
        assert found == (["Undertow"] if name == "create_interaction" else []), name  # their word
    assert row_of(world.bob).version == before
    assert OutboxEvent.objects.count() == told
    assert Queue.objects.get(name="Undertow").entries.count() == 1


def test_a_key_without_the_scope_gets_nothing(world: World) -> None:
    for without in (Program(), *(Program(scope) for scope in SCOPES)):
        held = without.key.scopes
        needs = {operation["operationId"]: scopes_of(operation) for _, _, operation in operations()}
        for name, answer in _called(without, world):
            if not held & needs[name]:
                assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), name


def test_nobody_gets_anything_of_the_api(world: World) -> None:
    program = Program(*SCOPES)
    program.text = "rollcall_not-a-key-at-all"
    for name, answer in _called(program, world):
        assert answer.status_code in {401, 429}, name


# --- sockets ----------------------------------------------------------------------------------


def test_every_socket_has_a_rule() -> None:
    """`ws/` asks for a ticket and `api/v1/stream` for a key: tests/security/test_roles_live.py."""
    routed = [*sockets.urlpatterns, *stream.urlpatterns]
    assert {str(route.pattern) for route in routed} == {"ws/", "api/v1/stream"}
    assert len(asgi.sockets) == len(stream.urlpatterns) + 1
