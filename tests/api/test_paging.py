"""Long lists come in pages that nothing new can shift."""

from typing import Any

import pytest

from tests.api.program import Program
from tests.factories import make_agent, make_interaction, make_queue

pytestmark = pytest.mark.django_db


def pages(program: Program, first: str, meanwhile: Any = None) -> list[list[str]]:
    """The names in each page, following `next` to the end; `meanwhile` happens after each page."""
    found, path = list[list[str]](), first
    while path:
        page = program.get(path).json()
        found.append([item.get("name") or item["external_id"] for item in page["items"]])
        path = page["next"]
        if meanwhile:
            meanwhile()
    return found


def test_pages_follow_each_other_to_the_end(program: Program) -> None:
    for name in "ABCDE":
        make_agent(name)
    assert pages(program, "/agents?limit=2") == [["A", "B"], ["C", "D"], ["E"]]
    assert pages(program, "/agents?limit=5") == [["A", "B", "C", "D", "E"]]
    assert pages(program, "/queues") == [[]]


def test_the_next_page_keeps_the_filters(program: Program) -> None:
    for name in "ABC":
        make_agent(name, mode="available")
        make_agent(f"not {name}")
    assert pages(program, "/agents?limit=2&may_receive=true") == [["A", "B"], ["C"]]


def test_what_comes_meanwhile_shifts_nothing(program: Program) -> None:
    for number in range(4):
        make_interaction(f"{number}")
    fresh = iter(range(4, 100))
    found = pages(program, "/interactions?limit=2", lambda: make_interaction(str(next(fresh))))
    assert found == [["3", "2"], ["1", "0"]]


def test_what_goes_meanwhile_shifts_nothing(program: Program) -> None:
    queues = [make_queue(name) for name in "ABCD"]
    first = program.get("/queues?limit=2").json()
    queues[0].delete()
    queues[1].delete()
    assert [item["name"] for item in program.get(first["next"]).json()["items"]] == ["C", "D"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_a_page_has_1_to_200_rows(program: Program, limit: str) -> None:
    answer = program.get(f"/agents?limit={limit}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.limit"


@pytest.mark.parametrize(
    "cursor", ["x", "é", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk", "%00", "a" * 999]
)
def test_a_cursor_that_was_not_given_is_a_422(program: Program, cursor: str) -> None:
    answer = program.get(f"/agents?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")
