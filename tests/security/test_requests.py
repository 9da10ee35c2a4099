"""What other sites could have a browser do: nothing. They cannot post, connect, or be led to."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.test import Client

from config.asgi import application
from dashboard.models import SavedView, Wallboard
from presence.models import Agent, AgentState
from tests.api.test_document import operations
from tests.security.addresses import Floor, make_floor

ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "https:elsewhere.example",
    "javascript:alert(1)",
    "\t//elsewhere.example",
    "https://testserver@elsewhere.example/",
    "https://testserver.elsewhere.example/",
]


@pytest.fixture
def floor(db: None) -> Floor:
    return make_floor()


def test_every_change_needs_the_token_of_our_own_page(floor: Floor) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="ada"))
    paths = [*floor.paths(), "/admin/presence/team/add/", "/admin/auth/user/add/"]
    refused = [path for path in paths if client.post(path, {}).status_code == 403]
    others = {path: client.post(path, {}).status_code for path in set(paths) - set(refused)}
    assert set(others.values()) <= {404, 405}, others
    assert len(refused) > len(paths) / 2
    assert "_auth_user_id" in client.session


def test_a_change_is_never_read(floor: Floor) -> None:
    """What is posted to is not done by opening its address."""
    client = Client()
    client.force_login(User.objects.get(username="ada"))
    versions = list(AgentState.objects.order_by("pk").values_list("version", flat=True))
    for path in floor.paths():
        client.get(path)
    assert list(AgentState.objects.order_by("pk").values_list("version", flat=True)) == versions
    assert "_auth_user_id" in client.session
    assert (SavedView.objects.count(), Wallboard.objects.count()) == (1, 1)


def test_a_session_opens_nothing_of_the_api(floor: Floor) -> None:
    """So no other site can use it in somebody's name, though it takes no token."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="ada"))
    for method, path, _ in operations():
        answer = client.generic(method.upper(), f"/api/v1{path}", b"{}", "application/json")
        assert answer.status_code in {401, 404}, path


@pytest.mark.parametrize("target", ELSEWHERE[:3])
def test_nothing_leads_elsewhere(target: str, floor: Floor) -> None:
    client = Client()
    client.force_login(User.objects.get(username="ada"))
    for path in [*floor.paths(), "/admin/login/"]:
        for method in ("get", "post") if path != "/logout/" else ():
            answer = getattr(client, method)(path, {"next": target, "status": "available"})
            assert _stays(answer), f"{method} {path} leads to {answer.headers.get('Location')}"
    assert _stays(client.post("/logout/", {"next": target}))


def test_neither_log_in_nor_a_plain_form_leads_elsewhere_however_it_is_written(
    floor: Floor,
) -> None:
    for target in ELSEWHERE:
        client = Client()
        form = {"username": "ada", "password": "secret", "next": target}
        for path in ("/login/", "/me/mode/"):
            answer = client.post(path, form | {"status": "available"})
            assert answer.status_code in {302, 409}, path
            assert _stays(answer), target


def _stays(answer: Any) -> bool:
    location = answer.headers.get("Location", "/")
    return location.startswith("/") and location[1:2] not in {"/", "\\"}


async def _handshake(path: str, origin: str | None) -> dict[str, Any]:
    headers = [(b"host", b"testserver")] + ([(b"origin", origin.encode())] if origin else [])
    scope = {
        "type": "websocket",
        "path": path,
        "query_string": b"",
        "headers": headers,
        "client": ("192.0.2.1", 1),
        "subprotocols": [],
    }
    socket: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    await socket.send_input({"type": "websocket.connect"})
    return dict(await socket.receive_output())


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "https://testserver.elsewhere.example",
        "null",
        "",
        "file://",
    ],
)
async def test_a_page_of_another_site_cannot_open_a_socket(origin: str) -> None:
    assert (await _handshake("/ws/", origin))["type"] == "websocket.close"


async def test_a_page_of_ours_can_and_is_asked_for_its_ticket() -> None:
    assert (await _handshake("/ws/", "http://localhost"))["type"] == "websocket.accept"


def test_a_form_changes_only_what_it_shows(floor: Floor) -> None:
    """Mass assignment: fields that a form does not have do nothing."""
    client = Client()
    bob = User.objects.get(username="bob")
    client.force_login(bob)
    more = {
        "is_superuser": "on",
        "is_staff": "on",
        "user": floor.ada,
        "user_id": floor.ada,
        "pk": floor.ada,
        "id": floor.ada,
        "owner": floor.ada,
        "agent": floor.ada,
        "agent_id": floor.ada,
        "email": "mine@example.com",
        "username": "root",
        "groups": "1",
        "user_permissions": "1",
        "login_policy": "nonsense",
        "active": "",
        "name": "Root",
        "team": "1",
        "version": "99",
    }
    before = _rows(floor)
    for path in ("/me/preferences/", "/me/password/", "/me/mode/", "/me/notices/off/"):
        client.post(path, {"language": "es", "time_zone": "", "off": "0"} | more)
    assert _rows(floor) == before
    assert User.objects.get(username="bob").preferences.language == "es"


def _rows(floor: Floor) -> Any:
    """Who everybody is, and what state Ada is in."""
    state = AgentState.objects.filter(agent=floor.ada).values("version", "mode")
    people = User.objects.order_by("pk").values_list(
        "username", "is_staff", "is_superuser", "email"
    )
    agents = Agent.objects.order_by("pk").values_list("name", "user", "team", "active")
    return list(state), list(people), list(agents)
