"""Nonsense gets an answer that is no 500, and changes nothing."""

from contextlib import nullcontext, suppress
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import stream
from api.models import ApiKey
from dashboard import sockets
from presence.models import Agent, AgentState, OutboxEvent, Transition
from routing.connectors.asterisk.wire import Inbox, NotAsteriskError
from tests.api.program import Program
from tests.api.test_document import operations
from tests.factories import START
from tests.security.addresses import Floor, make_floor

pytestmark = pytest.mark.django_db

few = settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

FIELDS = [
    "status",
    "reason",
    "choice",
    "next",
    "name",
    "query",
    "team",
    "view",
    "agent",
    "act",
    "code",
    "proposed",
    "policy",
    "kind",
    "on",
    "off",
    "ago",
    "up_to",
    "notice",
    "leg",
    "granted",
    "columns",
    "density",
    "teams",
    "queues",
    "language",
    "time_zone",
    "username",
    "password",
    "sort",
    "by",
    "from",
    "to",
    "first",
    "last",
    "zone",
    "page",
    "number",
    "filter",
    "queue",
    "format",
]
odd = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "9" * 40,
            "nan",
            "inf",
            "-inf",
            "1e400",
            "null",
            "\x00",
            "\ud7ff",
            "٣",
            "../..",
            "on_break:",
            ":",
            "%s",
            "{}",
            "0001-01-01",
            "9999-12-31",
            "2026-02-30",
            "1,2,,x",
        ]
    ),
)
forms = st.fixed_dictionaries(dict.fromkeys(FIELDS, odd))
header = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@pytest.fixture
def floor() -> Floor:
    return make_floor()


def kept() -> Any:
    """What only people and calls may change."""
    states = AgentState.objects.order_by("pk").values_list("pk", "version", "mode")
    people = User.objects.order_by("pk").values_list("username", "password", "is_superuser")
    return list(states), list(people), Transition.objects.count(), OutboxEvent.objects.count()


@given(form=forms, data=st.data())
@few
def test_what_strangers_post_changes_nothing(form: dict[str, str], data: Any, floor: Floor) -> None:
    before = kept()
    client = Client(raise_request_exception=True)
    for path in floor.paths():
        for answer in (client.post(path, form), client.get(path, form)):
            assert answer.status_code < 500, path
    assert kept() == before


@given(form=forms)
@settings(few, max_examples=3)
def test_nothing_that_is_posted_to_any_address_breaks_it(
    form: dict[str, str], floor: Floor
) -> None:
    for user in User.objects.order_by("pk"):
        client = Client(raise_request_exception=True)
        client.force_login(user)
        for path in [path for path in floor.paths() if path != "/logout/"]:
            for answer in (client.post(path, form), client.get(path, form)):
                assert answer.status_code < 500, path
    rights = User.objects.order_by("pk").values_list("username", "is_superuser")
    assert list(rights) == [("ada", True), ("bob", False)]


NAMES = [
    "host",
    "cookie",
    "accept-language",
    "x-forwarded-for",
    "x-forwarded-proto",
    "content-type",
    "authorization",
    "hx-request",
    "hx-current-url",
    "range",
    "if-modified-since",
    "origin",
    "referer",
    "user-agent",
    "idempotency-key",
]


@given(headers=st.dictionaries(st.sampled_from(NAMES), header, max_size=5))
@few
def test_no_header_breaks_a_page(headers: dict[str, str], floor: Floor) -> None:
    client = Client(raise_request_exception=True)
    client.force_login(User.objects.get(username="ada"))
    for path in (
        "/",
        "/login/",
        "/me/",
        "/monitor/",
        "/reports/workforce/",
        "/api/v1/agents",
        "/admin/",
    ):
        cookies = {} if "cookie" not in headers else {"HTTP_COOKIE": headers["cookie"]}
        answer = client.get(path, headers=headers, **cookies)  # type: ignore[arg-type]
        assert answer.status_code < 500, path


@given(
    body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/xml", "", "x"])
)
@few
def test_without_a_right_key_no_body_does_anything_to_the_api(
    body: bytes, kind: str, floor: Floor
) -> None:
    program = Program("read")
    expired = Program("read", "telephony", "supervise")
    ApiKey.objects.filter(pk=expired.key.pk).update(expires_at=START)
    before = kept()
    client = Client(raise_request_exception=False)
    bearers = ("", "Bearer", "Bearer nonsense", f"Bearer {program.text}", f"Bearer {expired.text}")
    for bearer in bearers:
        for method, path, _ in operations():
            address = f"/api/v1{path}".replace("{", "").replace("}", "")
            answer = client.generic(
                method.upper(), address, body, kind, headers={"authorization": bearer}
            )
            assert answer.status_code < 500, path
    assert kept() == before


@given(query=st.binary(max_size=80), token=st.binary(max_size=80))
@few
async def test_no_query_breaks_a_page_s_socket(query: bytes, token: bytes) -> None:
    for text in (query, b"ticket=" + query, b"ticket=" + token + b"&ticket="):
        scope = {"type": "websocket", "path": "/ws/", "query_string": text}
        socket: Any = ApplicationCommunicator(sockets.page, scope)  # type: ignore[no-untyped-call]
        await socket.send_input({"type": "websocket.connect"})
        assert (await socket.receive_output())["type"] == "websocket.accept"
        assert (await socket.receive_output())["code"] == 4401
        await socket.wait()


@given(value=st.binary(max_size=80))
@few
def test_no_authorization_is_taken_for_a_key(value: bytes) -> None:
    assert isinstance(stream._bearer({"headers": [(b"authorization", value)]}), str)


@given(chunks=st.lists(st.binary(max_size=60), max_size=8), greets=st.booleans())
@settings(max_examples=100)
def test_no_bytes_from_a_telephony_system_break_the_reading_of_it(
    chunks: list[bytes], greets: bool
) -> None:
    inbox = Inbox()
    with nullcontext() if greets else suppress(NotAsteriskError):
        for chunk in [b"Asterisk Call Manager/7.0\r\n"] * greets + chunks:
            inbox.feed(chunk + b"\r\n\r\n" * greets)


def test_the_floor_that_nonsense_meets_is_a_floor(floor: Floor) -> None:
    assert Agent.objects.count() == 2
    assert len(floor.paths()) > 40
