"""The OpenAPI document: it is there without a key, and says of every operation what is true."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from api.v1 import api
from tests.api.program import SCOPES, Program

pytestmark = pytest.mark.django_db


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    return [
        (method.upper(), path, operation)
        for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method, operation in methods.items()
    ]


def scopes_of(operation: dict[str, Any]) -> set[str]:
    return {scope for way in operation["security"] for scope in way["Bearer"]}


def test_the_document_needs_no_key(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    assert len(document["paths"]) == 14


def test_the_docs_page_comes_from_here_alone(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(links) > 3
    for link in links:
        assert link.startswith("/static/ninja/"), link
        assert finders.find(link.removeprefix("/static/")), link
    assert '"validatorUrl": null' in page


def test_every_operation_says_what_it_is_and_what_may_go_wrong() -> None:
    for method, path, operation in operations():
        assert operation["summary"], path
        assert operation["description"].strip(), path
        problems = {status for status in operation["responses"] if status >= 400}
        assert problems == problems_of(method, path, operation), path


def problems_of(method: str, path: str, operation: dict[str, Any]) -> set[int]:
    takes_more_than_a_path = any(p["in"] != "path" for p in operation["parameters"])
    return (
        {400, 401, 403, 429}
        | ({404} if "{" in path else set())
        | ({409, 413} if method != "GET" else set())
        | ({415} if "requestBody" in operation else set())
        | ({422} if takes_more_than_a_path else set())
    )


def test_every_write_and_nothing_else_takes_an_idempotency_key() -> None:
    for method, path, operation in operations():
        headers = {p["name"] for p in operation["parameters"] if p["in"] == "header"}
        assert headers == (set() if method == "GET" else {"Idempotency-Key"}), path


def test_every_operation_needs_a_key_with_its_scope() -> None:
    keys = {scope: Program(scope) for scope in SCOPES}
    seen = set[str]()
    for method, path, operation in operations():
        scopes = scopes_of(operation)
        seen |= scopes
        address = re.sub(r"{\w+}", "999999", path)
        answer = Client().generic(method, address, b"{}", "application/json")
        assert (answer.status_code, answer["WWW-Authenticate"][:6]) == (401, "Bearer"), path
        for scope, program in keys.items():
            answer = program.ask(method, address, {})
            code = answer.json().get("code", "")
            assert (code == "scope_missing") is (scope not in scopes), (method, path, scope)
            assert (answer.status_code == 403) is (scope not in scopes), (method, path, scope)
    assert seen == set(SCOPES)
