"""Which alerts a wallboard tells, and in which words."""

from dataclasses import replace
from typing import Any

import pytest

from alerts.kinds import Kind, Severity
from dashboard.alerts import OpenAlert
from dashboard.wall_alerts import shown
from dashboard.wallboards import Wall
from tests.factories import at

WALL = Wall(1, "key", "Hall", "en", "UTC", teams=(), queues=())
ALERT = OpenAlert(
    id=1,
    crossing="1",
    kind=Kind.GAP,
    severity=Severity.WARNING,
    subject="queue:1",
    name="Helpdesk",
    about={},
    since=at(0),
    sound="none",
    acknowledged=False,
    by="",
    teams=(),
)
BREAK: dict[str, Any] = {"label": "On Break", "reason": "Ada's landlord"}


def agents(kind: Kind, *keys: int) -> list[OpenAlert]:
    one = replace(ALERT, kind=kind, about=BREAK)
    return [replace(one, subject=f"agent:{key}", name=f"Agent {key}") for key in keys]


def test_the_worst_comes_first_and_then_the_longest() -> None:
    young, worst = replace(ALERT, name="B", since=at(9)), replace(ALERT, name="C", since=at(10))
    told = shown([young, ALERT, replace(worst, severity=Severity.CRITICAL)], WALL, ())
    assert [one.name for one in told] == ["C", "Helpdesk", "B"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.LONG_STATUS, "2 agents too long in one status"),
        (Kind.CONNECTION_LOST, "2 agents on a call lost the connection"),
        (Kind.DEAD_CALL, "2 lines still open after the caller hung up"),
    ],
)
def test_agents_are_counted_by_kind_and_never_named(kind: Kind, words: str) -> None:
    (told,) = shown(agents(kind, 1, 2, 3), WALL, {1, 2})
    assert (told.name, told.words) == ("", words)


def test_an_agent_of_whom_two_rules_tell_counts_once_and_by_the_worse() -> None:
    mild, bad = agents(Kind.LONG_STATUS, 1, 1)
    (told,) = shown([mild, replace(bad, severity=Severity.CRITICAL)], WALL, {1})
    assert told.words == "1 agent too long in one status"
    assert told.severity is Severity.CRITICAL


def test_only_the_walls_own_queues_and_teams_are_named() -> None:
    named = [replace(ALERT, subject=subject) for subject in ("queue:1", "team:1", "connector:1")]
    assert len(shown(named, WALL, ())) == 2
    assert shown(named, replace(WALL, teams=(2,), queues=(2,)), ()) == ()


def test_what_only_other_teams_supervisors_are_told_stays_off_the_wall() -> None:
    theirs = replace(ALERT, teams=(1,))
    assert shown([theirs], replace(WALL, teams=(2,)), ()) == ()
    assert len(shown([theirs], replace(WALL, teams=(1, 2)), ())) == 1
