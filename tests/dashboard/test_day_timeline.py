"""A day's drawing: bars are where their moments are, on an axis that clock changes leave exact."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dashboard.day.clock import clock
from dashboard.day.timeline import TOP, Axis, Bar, Lane, axis_of, draw, stack
from reports import borders
from tests.factories import at

MADRID = ZoneInfo("Europe/Madrid")
AUTUMN, SPRING, JUNE = date(2026, 10, 25), date(2026, 3, 29), date(2026, 6, 1)


def bar(began: float, ended: float, label: str = "Available") -> Bar:
    return Bar(at(began), at(ended), False, label, "", "green", "check")


def hours(day: date) -> list[tuple[datetime, datetime]]:
    return list(borders.hours(day, day, MADRID))


bars = st.builds(
    lambda began, length: bar(began, began + length), st.integers(0, 7200), st.integers(0, 3600)
)
AXIS = Axis(at(0), at(14_400))


@given(st.lists(bars, max_size=20))
def test_every_bar_is_where_its_moments_are(found: list[Bar]) -> None:
    timeline = draw([Lane("calls", "Calls", tuple(found))], AXIS, [], None)
    (row,) = timeline.rows
    assert sorted(row.lane.bars, key=id) == sorted((one.bar for one in row.drawn), key=id)
    for one in row.drawn:
        x, width = float(one.x[:-1]), float(one.width[:-1])
        assert x == pytest.approx((one.bar.began - at(0)).total_seconds() / 144, abs=1e-3)
        assert width == pytest.approx(one.bar.seconds / 144, abs=1e-3)
        assert width > 0
        assert TOP <= one.y < timeline.height


@given(st.lists(bars, max_size=20))
def test_no_bar_covers_another(found: list[Bar]) -> None:
    rows = stack(found)
    assert sum(map(len, rows)) == len(found)
    for row in rows:
        assert all(one.ended <= following.began for one, following in pairwise(row))


def test_what_lies_outside_the_axis_is_not_drawn_and_what_overlaps_it_is_cut() -> None:
    found = (bar(-900, -600), bar(-600, 600), bar(14_000, 15_000), bar(15_000, 16_000))
    timeline = draw([Lane("status", "Status", found)], AXIS, [], None)
    assert [one.bar for one in timeline.rows[0].drawn] == list(found[1:3])
    places = [(float(one.x[:-1]), float(one.width[:-1])) for one in timeline.rows[0].drawn]
    assert places[0] == pytest.approx((0, 600 / 144), abs=1e-3)
    assert sum(places[1]) == pytest.approx(100)


@pytest.mark.parametrize(("day", "count"), [(AUTUMN, 25), (SPRING, 23), (JUNE, 24)])
def test_g13_the_axis_of_a_day_has_as_many_hours_as_its_clocks_show(day: date, count: int) -> None:
    axis = axis_of(hours(day), [])
    assert axis.ended - axis.began == timedelta(hours=count)
    timeline = draw([], axis, hours(day), None)
    places = [float(tick.x[:-1]) for tick in timeline.ticks]
    assert len(places) == count
    assert places == pytest.approx([100 * n / count for n in range(count)], abs=1e-3)


def test_g13_the_hour_that_comes_twice_is_told_apart() -> None:
    with timezone.override(MADRID):
        told = [clock(began, seconds=False) for began, _ in hours(AUTUMN)[:5]]
    assert told == ["00:00", "01:00", "02:00 CEST", "02:00 CET", "03:00"]


def test_g13_the_hour_that_clocks_skip_is_not_there() -> None:
    with timezone.override(MADRID):
        told = [clock(began, seconds=False) for began, _ in hours(SPRING)[:4]]
    assert told == ["00:00", "01:00", "03:00", "04:00"]


def test_the_axis_is_the_hours_of_the_first_and_the_last_activity() -> None:
    morning = datetime(2026, 6, 1, 6, 20, tzinfo=UTC)
    axis = axis_of(hours(JUNE), [(morning, morning + timedelta(hours=2))])
    assert (axis.began.hour, axis.ended.hour) == (6, 9)


def test_a_short_axis_has_a_mark_every_quarter_of_an_hour() -> None:
    began = datetime(2026, 6, 1, 6, tzinfo=UTC)
    timeline = draw([], Axis(began, began + timedelta(hours=2)), hours(JUNE), None)
    assert [tick.at.minute for tick in timeline.ticks] == [0, 15, 30, 45, 0, 15, 30, 45, 0]
    assert [tick.whole for tick in timeline.ticks][:4] == [True, False, False, False]


def test_a_long_axis_has_the_time_of_every_other_hour() -> None:
    whole = draw([], axis_of(hours(JUNE), []), hours(JUNE), None)
    assert [tick.named for tick in whole.ticks][:4] == [True, False, True, False]


def test_now_is_marked_where_the_axis_has_it() -> None:
    assert draw([], AXIS, [], at(7200)).now == "50.0000%"
    assert draw([], AXIS, [], at(-1)).now == ""


def test_a_label_is_written_only_where_it_fits() -> None:
    found = (bar(0, 60), bar(600, 1200), bar(2000, 6000))
    (row,) = draw([Lane("status", "Status", found)], AXIS, [], None).rows
    assert [(one.signed, one.named) for one in row.drawn] == [
        (False, False),
        (True, False),
        (True, True),
    ]
