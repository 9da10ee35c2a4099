"""What open alerts go through, second by second."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.judge import Breach
from alerts.kinds import Severity
from alerts.steps import Standing, steps
from tests.factories import at

PLACE = (1, "queue:1")


def breach(since: float, warning: float | None = 10, critical: float | None = 60) -> Breach:
    return Breach(
        *PLACE,
        at(since),
        None if warning is None else at(since + warning),
        None if critical is None else at(since + critical),
    )


def test_what_lasts_is_noted_then_raised_then_left_alone() -> None:
    found = breach(0)
    assert steps([found], {}, {}, [1], at(5)).noted == (found,)
    assert not steps([found], {}, {PLACE: at(0)}, [1], at(5))
    due = steps([found], {}, {PLACE: at(0)}, [1], at(10))
    assert (due.raised, due.forgotten) == ((found,), (PLACE,))
    assert not steps([found], {PLACE: Standing(Severity.WARNING, at(0))}, {}, [1], at(11))


def test_what_a_column_says_the_beginning_of_is_not_noted() -> None:
    assert not steps([breach(0)], {}, {}, [], at(5))


def test_what_is_over_is_cleared_or_forgotten() -> None:
    assert steps([], {PLACE: Standing(Severity.WARNING, at(0))}, {}, [1], at(5)).cleared == (PLACE,)
    assert steps([], {}, {PLACE: at(0)}, [1], at(5)).forgotten == (PLACE,)


def test_turning_critical_is_dated_when_it_was_due() -> None:
    after = Standing(Severity.WARNING, at(0)).moved(breach(0), at(75))
    assert (after.severity, after.worsened_at) == (Severity.CRITICAL, at(60))


def test_turning_critical_again_within_a_moment_is_no_new_crossing() -> None:
    critical = Standing(Severity.CRITICAL, at(0), worsened_at=at(60))
    eased = critical.moved(breach(50), at(70))
    assert (eased.severity, eased.eased_at) == (Severity.WARNING, at(70))
    assert eased.moved(breach(30), at(95)).worsened_at == at(60)
    assert eased.moved(breach(50), at(115)).worsened_at == at(110)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=30))
def test_at_most_one_crossing_in_any_half_minute(since: list[int]) -> None:
    """However the condition flaps, one look a second."""
    standing = Standing(Severity.WARNING, at(0))
    crossings = set()
    for second, began in enumerate(since):
        standing = standing.moved(breach(began - 150, 0, 100), at(second))
        crossings.add(standing.worsened_at)
    assert len(crossings - {None}) <= 1
