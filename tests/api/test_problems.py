"""Whatever goes wrong under /api/ is a problem document that says what to do."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import AsyncClient, Client

from api.problems import CODES
from presence.derive import Refusal
from presence.models import Agent
from tests.api.program import SCOPES, Program

pytestmark = pytest.mark.django_db

ROOT: Path = settings.BASE_DIR
RAISED = {"Problem": 1, "CallError": 0, "ChoiceError": 0, "Refused": 0}
"""What carries a code, and which of its arguments the code is."""


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (document["type"], document["status"]) == ("about:blank", status)
    assert document["code"] == code
    assert document["title"]
    assert document["detail"].endswith(".")
    return document


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v1/agents/", "/api/v1/agents/x"]
)
def test_an_address_of_nothing_is_a_404(client: Client, path: str) -> None:
    check(client.get(path), 404, "not_found")


def test_another_method_is_a_405_that_names_those_there_are(program: Program) -> None:
    answer = program.delete("/interactions")
    check(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_a_body_that_is_not_json_is_a_400(program: Program) -> None:
    for body in (b"{", b"\xff", b"", b"[" * 100_000, b"1" * 5000):
        answer = raw(program, body)
        assert answer.status_code in (400, 422)
        check(answer, answer.status_code, "malformed" if answer.status_code == 400 else "invalid")


def test_a_body_of_another_kind_is_a_415(program: Program) -> None:
    answer = raw(program, b"external_id=1", "application/x-www-form-urlencoded")
    assert (
        "Content-Type: application/json" in check(answer, 415, "unsupported_media_type")["detail"]
    )


def test_a_body_that_is_too_large_is_refused(program: Program) -> None:
    check(raw(program, b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)), 413, "too_large")


def test_a_request_to_another_host_is_a_400(client: Client) -> None:
    check(client.get("/api/v1/agents", headers={"host": "evil.example"}), 400, "malformed")


def test_what_is_invalid_is_told_by_field(program: Program) -> None:
    answer = program.post("/interactions", {"external_id": "", "priority": "high"})
    document = check(answer, 422, "invalid")
    fields = {error["field"] for error in document["errors"]}
    assert fields == {"body.external_id", "body.priority"}


def test_a_field_is_named_as_it_was_sent(program: Program, ada: Agent) -> None:
    answer = program.put(f"/agents/{ada.pk}/mode", {"status": "busy", "reason": []})
    document = check(answer, 422, "invalid")
    assert {error["field"] for error in document["errors"]} == {"body.reason"}


async def test_problems_are_the_same_for_an_asynchronous_server(async_client: AsyncClient) -> None:
    check(await async_client.get("/api/v1/nothing"), 404, "not_found")
    assert (await async_client.get("/nothing"))["Content-Type"].startswith("text/html")


def test_outside_the_api_pages_stay_pages(client: Client) -> None:
    assert client.get("/nothing")["Content-Type"].startswith("text/html")


def codes_in_the_source() -> set[str]:
    """Every code that the source gives to what carries one."""
    found = set[str]()
    for package in ("api", "presence", "routing"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    place = RAISED.get(node.func.id, len(node.args))
                    given = node.args[place : place + 1]
                    found |= {str(arg.value) for arg in given if isinstance(arg, ast.Constant)}
    return {code for code in found if code.isidentifier()}  # others' exceptions carry sentences


def test_every_code_is_known_and_documented() -> None:
    found = codes_in_the_source()
    assert {"queue_inactive", "not_possible", "reason_needed", "scope_missing"} <= found
    assert found - set(CODES) == set()
    assert {refusal.value for refusal in Refusal} - set(CODES) == set()
    page = (ROOT / "docs" / "api.md").read_text()
    assert [code for code in CODES if f"| `{code}` |" not in page] == []


def raw(program: Program, body: bytes, kind: str = "application/json") -> Any:
    headers = {"authorization": f"Bearer {program.text}"}
    client = Client(raise_request_exception=False)
    return client.generic("POST", "/api/v1/interactions", body, kind, headers=headers)


def test_every_scope_is_one_that_a_key_has() -> None:
    assert Program(*SCOPES).key.scopes == set(SCOPES)
