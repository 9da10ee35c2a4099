"""Reports of those whose sight is limited count only what they see, in the database."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from presence.models import Agent, Team
from reports import agent_calls, coverage, in_status, queue_calls, workforce
from reports.sheet import Sheet
from reports.wish import By, Wish
from routing.models import Queue
from routing.sight import NOTHING, Sight
from tests.factories import at, call_in, happen, make_agent, make_limit, make_queue, make_team

pytestmark = pytest.mark.django_db

NOW = at(3600)
Read = Callable[[Wish, datetime], Sheet]
READERS: dict[str, Read] = {
    "time": in_status.read,
    "workforce": workforce.read,
    "coverage": coverage.read,
    "agents": agent_calls.read,
    "queues": queue_calls.read,
}


@pytest.fixture
def blue() -> Team:
    return make_team("Blue")


@pytest.fixture
def floor(blue: Team) -> dict[str, Queue]:
    """Ada of Blue serves Sales; Bob of Red serves Sales and Support. Each answers a call."""
    ada = make_agent("Ada", mode="available", team=blue)
    bob = make_agent("Bob", mode="available", team=make_team("Red"))
    queues = {
        "Sales": make_queue("Sales", members=[ada, bob]),
        "Support": make_queue("Support", members=[bob]),
    }
    _answer(queues["Sales"], ada)
    _answer(queues["Support"], bob)
    return queues


def _answer(queue: Queue, agent: Agent) -> None:
    call = call_in(queue, 60)
    happen(call, agent, "offered", 61)
    happen(call, agent, "answered", 65)


def wish(by: By, sight: Sight, **asked: int) -> Wish:
    day = at(0).date()
    return Wish(day, day, ZoneInfo("UTC"), by, sight=sight, **asked)


def names(sheet: Sheet) -> list[str]:
    return [line.name for line in sheet.lines]


@pytest.mark.parametrize("name", ["time", "workforce", "agents"])
def test_agents_of_other_teams_are_in_no_line(
    name: str, blue: Team, floor: dict[str, Queue]
) -> None:
    sight = make_limit(teams=[blue]).sight
    assert names(READERS[name](wish(By.AGENT, sight), NOW)) == ["Ada"]
    assert names(READERS[name](wish(By.TEAM, sight), NOW)) == ["Blue"]
    support = make_limit(queues=[floor["Support"]]).sight
    assert names(READERS[name](wish(By.AGENT, support), NOW)) == ["Bob"]


def test_an_agent_is_in_the_lines_of_those_queues_only_that_are_seen(
    floor: dict[str, Queue],
) -> None:
    sight = make_limit(queues=[floor["Support"]]).sight
    assert names(workforce.read(wish(By.QUEUE, sight), NOW)) == ["Support"]


def test_queues_that_their_agents_do_not_serve_are_in_no_line(
    blue: Team, floor: dict[str, Queue]
) -> None:
    by_team = make_limit(teams=[blue]).sight
    assert names(queue_calls.read(wish(By.QUEUE, by_team), NOW)) == ["Sales"]
    by_queue = make_limit(queues=[floor["Support"]]).sight
    assert names(queue_calls.read(wish(By.QUEUE, by_queue), NOW)) == ["Support"]


def test_asking_for_a_queue_widens_nothing(blue: Team, floor: dict[str, Queue]) -> None:
    sight = make_limit(teams=[blue]).sight
    asked = wish(By.QUEUE, sight, queue=floor["Support"].pk)
    assert names(queue_calls.read(asked, NOW)) == []


def test_coverage_counts_whom_they_see(blue: Team, floor: dict[str, Queue]) -> None:
    limited = coverage.read(wish(By.HOUR, make_limit(teams=[blue]).sight), NOW)
    whole = coverage.read(wish(By.HOUR, Sight()), NOW)
    assert limited.total["staffed"] * 2 == whole.total["staffed"]


@pytest.mark.parametrize("name", READERS)
def test_who_sees_nothing_is_told_nothing(name: str, floor: dict[str, Queue]) -> None:
    by = By.HOUR if name == "coverage" else By.DAY
    total = READERS[name](wish(by, NOTHING), NOW).total
    assert not any(total.get(code) for code in ("total", "staffed", "ready", "offered", "entered"))
