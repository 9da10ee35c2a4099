"""Requests that nobody thought of, made up from the OpenAPI document: each answer is as it says."""

from itertools import count
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.models import ApiKey
from routing.models import Leg, Queue
from tests.api.program import SCOPES, Program
from tests.api.test_document import operations
from tests.factories import START, make_agent, make_queue, make_reason

pytestmark = pytest.mark.usefixtures("committed")

OPERATIONS = [(method, path) for method, path, _ in operations()]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 30
EXAMPLES_SHUT_OUT = 5


@pytest.fixture(scope="module")
def schema(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    """The document, once for all, for it takes longer to make than to ask by."""
    with django_db_blocker.unblock():
        return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def program() -> Program:
    """A program that may do everything, on a small floor at work: one has hung up, one talks, two
    are free."""
    program = Program(*SCOPES)
    agents = [make_agent(name, mode="available") for name in ("Ada", "Bob", "Cleo", "Dan")]
    make_queue("sales", members=agents, rollcall=True, wrap_up=None)
    make_reason()
    for number in range(2):
        call = program.arrive("sales", f"call {number}")
        program.tell(call, "answered", call["legs"][0]["agent"])
        if number == 0:
            program.tell(call, "hung_up", call["legs"][0]["agent"])
    return program


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_answers_as_the_document_says(
    schema: Any, program: Program, method: str, path: str
) -> None:
    operation, seen, fresh = schema[path][method], set[int](), count()
    made_up = st.one_of([operation.as_strategy(mode) for mode in GenerationMode])
    headers = {"Authorization": f"Bearer {program.text}"}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(made_up, st.booleans())
    def ask(case: "Case[Any]", sensible: bool) -> None:
        if sensible:
            make_sense(case, f"fresh {next(fresh)}")
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        seen.add(answer.status_code // 100)

    ask()
    assert seen == {2, 4}


@pytest.mark.parametrize("ends", ["digest", "revoked_at", "expires_at"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_key_that_opens_nothing_is_told_so_by_every_operation(
    schema: Any, method: str, path: str, ends: str
) -> None:
    program = Program(*SCOPES)
    wrong: Any = "other" if ends == "digest" else START
    ApiKey.objects.filter(pk=program.key.pk).update(**{ends: wrong})
    headers = {"Authorization": f"Bearer {program.text}"}

    @settings(
        max_examples=EXAMPLES_SHUT_OUT,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(schema[path][method].as_strategy())
    def ask(case: "Case[Any]") -> None:
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        there = is_address(urlsplit(answer.request.url or "").path)
        assert answer.status_code in ({401, 429} if there else {404})

    ask()


def is_address(path: str) -> bool:
    """What is made up for a part of an address may make it none."""
    try:
        resolve(unquote(path))
    except Resolver404:
        return False
    return True


def make_sense(case: "Case[Any]", name: str) -> None:
    """Let the request be about what there is."""
    queue = Queue.objects.get()
    wraps_up, talks = Leg.objects.order_by("pk")[:2]
    case.query = {}
    case.path_parameters = {
        "agent_id": wraps_up.agent_id,
        "queue_id": queue.pk,
        "interaction_id": talks.interaction_id,
    }
    bodies: dict[str, Any] = {
        "interactions": {"external_id": name, "queue": queue.name},
        "reservations": {"external_id": name},
        "events": {"type": "held", "agent": talks.agent_id},
        "mode": {"status": "busy"},
    }
    last = case.path.rsplit("/", 1)[-1]
    if case.method != "GET" and last in bodies:
        case.body = bodies[last]
