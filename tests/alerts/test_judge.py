"""The judge alone: which rule is broken where, since when, how badly."""

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.judge import Breach, Crew, Facts, Line, Link, Person, Place, Rule, judge
from alerts.kinds import Kind, Severity
from tests.factories import at

BREAK = Person(1, "on_break", 7, at(0), team=3, queues=frozenset({5}), warning=900, critical=1800)


def find(
    rule: Rule, now: float = 0, known: dict[Place, datetime] | None = None, **facts: Any
) -> list[Breach]:
    return judge([rule], Facts(**facts), known or {}, at(now))


def severity(rule: Rule, now: float, **facts: Any) -> Severity | None:
    (breach,) = find(rule, now, **facts)
    return breach.severity(at(now))


def test_a7_the_catalogues_limits_hold_where_a_rule_has_none() -> None:
    rule = Rule(1, Kind.LONG_STATUS)
    assert severity(rule, 899, people=(BREAK,)) is None
    assert severity(rule, 900, people=(BREAK,)) is Severity.WARNING
    assert severity(rule, 1800, people=(BREAK,)) is Severity.CRITICAL


def test_a_rule_with_limits_of_its_own_asks_the_catalogue_nothing() -> None:
    rule = Rule(1, Kind.LONG_STATUS, status="on_break", critical=60)
    assert severity(rule, 59, people=(BREAK,)) is None
    assert severity(rule, 60, people=(BREAK,)) is Severity.CRITICAL


def test_filters_narrow_together() -> None:
    def hits(**filters: Any) -> bool:
        return bool(find(Rule(1, Kind.LONG_STATUS, **filters), people=(BREAK,)))

    assert hits(status="on_break", reason=7, team=3, queue=5)
    assert not any(hits(**wrong) for wrong in ({"status": "busy"}, {"reason": 8}, {"team": 4}))
    assert not hits(team=3, queue=6)


def test_nobody_ready_is_a_gap_even_when_nobody_waits_unless_the_rule_says_so() -> None:
    lines = (Line(1, ready=0), Line(2, ready=1), Line(3, ready=0, waiting=1, longest_since=at(4)))
    assert [b.subject for b in find(Rule(1, Kind.GAP), 9, lines=lines)] == ["queue:1", "queue:3"]
    (only,) = find(Rule(1, Kind.GAP, only_when_waiting=True), 9, lines=lines)
    assert (only.subject, only.since, only.severity(at(9))) == ("queue:3", at(4), Severity.WARNING)


def test_what_was_seen_before_goes_on_from_then() -> None:
    line = Line(1, ready=0, changed=at(50))
    rule = Rule(1, Kind.GAP, warning=30)
    (breach,) = find(rule, 60, {(1, "queue:1"): at(20)}, lines=(line,))
    assert (breach.since, breach.severity(at(60))) == (at(20), Severity.WARNING)


def test_a_status_that_began_anew_does_not_go_on_from_before() -> None:
    (breach,) = find(Rule(1, Kind.LONG_STATUS), 60, {(1, "agent:1"): at(-900)}, people=(BREAK,))
    assert breach.since == at(0)


def test_too_few_ready_counts_a_queue_or_a_team() -> None:
    rule = Rule(1, Kind.FEW_READY, at_least=3)
    assert find(rule, lines=(Line(1, ready=2),))
    assert not find(rule, lines=(Line(1, ready=3),))
    team = Rule(1, Kind.FEW_READY, at_least=3, team=9)
    (breach,) = find(team, lines=(Line(1),), crews=(Crew(9, ready=2), Crew(8)))
    assert breach.subject == "team:9"


def test_a_wait_is_judged_by_the_queues_own_service_level() -> None:
    line = Line(1, waiting=1, longest_since=at(0), seconds=20)
    rule = Rule(1, Kind.LONG_WAIT, critical=60)
    assert severity(rule, 19, lines=(line,)) is None
    assert severity(rule, 20, lines=(line,)) is Severity.WARNING
    assert severity(rule, 60, lines=(line,)) is Severity.CRITICAL


def test_a_queue_that_allows_longer_waits_than_critical_gets_a_warning_only() -> None:
    line = Line(1, waiting=1, longest_since=at(0), seconds=120)
    rule = Rule(1, Kind.LONG_WAIT, critical=60)
    assert severity(rule, 119, lines=(line,)) is None
    assert severity(rule, 999, lines=(line,)) is Severity.WARNING


def test_a_service_level_counts_from_so_many_callers_on() -> None:
    rule = Rule(1, Kind.SERVICE_LEVEL, critical_percent=50, least_callers=10)
    assert not find(rule, lines=(Line(1, level=0.1, callers=9),))
    assert not find(rule, lines=(Line(1, level=0.8, callers=10),))
    assert severity(rule, 0, lines=(Line(1, level=0.79, callers=10),)) is Severity.WARNING
    assert severity(rule, 0, lines=(Line(1, level=0.49, callers=10),)) is Severity.CRITICAL


def test_a_lost_link_and_a_lost_page_are_warned_of_at_once_unless_the_rule_waits() -> None:
    assert severity(Rule(1, Kind.LINK_LOST), 5, links=(Link(2, at(5)),)) is Severity.WARNING
    assert severity(Rule(1, Kind.CONNECTION_LOST), 5, lost=(BREAK,)) is Severity.WARNING
    assert severity(Rule(1, Kind.LINK_LOST, warning=10), 9, links=(Link(2, at(0)),)) is None


seconds = st.none() | st.integers(0, 500)


@given(st.integers(-600, 600), seconds, seconds, st.integers(0, 1200))
def test_time_alone_never_makes_a_breach_milder(
    since: int, warning: int | None, critical: int | None, later: int
) -> None:
    breach = Breach(
        1,
        "agent:1",
        at(since),
        None if warning is None else at(since + warning),
        None if critical is None else at(since + critical),
    )
    order = [None, Severity.WARNING, Severity.CRITICAL]
    now, then = breach.severity(at(0)), breach.severity(at(later))
    assert order.index(now) <= order.index(then)
    assert (now is not None) == (breach.raised_at is not None and breach.raised_at <= at(0))


people = st.builds(
    Person,
    id=st.integers(1, 9),
    status=st.sampled_from(["available", "on_break"]),
    reason=st.none(),
    since=st.integers(-900, 900).map(at),
    warning=seconds,
    critical=seconds,
)
rules = st.builds(
    Rule,
    id=st.integers(1, 3),
    kind=st.sampled_from([Kind.LONG_STATUS, Kind.CONNECTION_LOST]),
    status=st.sampled_from([None, "available", "on_break"]),
    warning=seconds,
    critical=seconds,
)


@given(st.lists(rules, max_size=3), st.lists(people, max_size=6))
def test_nothing_begins_ahead_of_now_or_is_due_before_it_began(
    some: list[Rule], who: list[Person]
) -> None:
    now = at(0)
    for breach in judge(some, Facts(people=tuple(who), lost=tuple(who)), {}, now):
        assert breach.since <= now
        assert breach.raised_at is None or breach.raised_at >= breach.since


@given(st.integers(1, 100), st.integers(1, 4))
def test_a_share_that_just_meets_its_target_breaks_no_rule(target: int, times: int) -> None:
    share = target * times / (100 * times)
    line = Line(1, level=share, target=target, callers=100 * times)
    assert not find(Rule(1, Kind.SERVICE_LEVEL), lines=(line,))
