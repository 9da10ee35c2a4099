"""Time is cut exactly: parts add up to the whole, on days of 23 hours and of 25 too."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.borders import days, hours
from reports.stretches import cut

MADRID = ZoneInfo("Europe/Madrid")
ZONES = ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(("day", "lasts"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)])
def test_g13_a_day_has_as_many_hours_as_its_clocks_show(day: date, lasts: int) -> None:
    ((began, ended),) = days(day, day, MADRID)
    assert ended - began == timedelta(hours=lasts)
    assert len(list(hours(day, day, MADRID))) == lasts


def test_g13_the_hour_that_comes_twice_is_two_buckets() -> None:
    local = [began.astimezone(MADRID).hour for began, _ in hours(AUTUMN, AUTUMN, MADRID)]
    assert local[:5] == [0, 1, 2, 2, 3]


def test_g14_a_stretch_over_midnight_is_split_there() -> None:
    found = list(days(date(2026, 6, 1), date(2026, 6, 2), MADRID))
    starts = [began for began, _ in found]
    began = datetime(2026, 6, 1, 23, 50, tzinfo=MADRID)
    parts = list(cut(began, began + timedelta(minutes=30), starts, found[-1][1]))
    assert parts == [(0, 600.0), (1, 1200.0)]


def test_what_lies_outside_the_range_is_left_out() -> None:
    ((start, end),) = days(SPRING, SPRING, MADRID)
    assert list(cut(start - timedelta(days=2), start, [start], end)) == []
    assert list(cut(end, end + timedelta(days=1), [start], end)) == []
    assert list(cut(start - timedelta(days=1), end + timedelta(days=1), [start], end)) == [
        (0, 23 * 3600.0)
    ]


moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2026, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(st.sampled_from(ZONES), moments, st.integers(0, 5 * 86_400), st.booleans())
def test_parts_add_up_to_the_whole_in_any_zone(
    zone: str, began: datetime, seconds: int, by_hour: bool
) -> None:
    first = began.date() - timedelta(days=2)
    last = first + timedelta(days=12)
    ended = began + timedelta(seconds=seconds)
    found = list((hours if by_hour else days)(first, last, ZoneInfo(zone)))
    parts = list(cut(began, ended, [start for start, _ in found], found[-1][1]))
    assert sum(part for _, part in parts) == pytest.approx(seconds, abs=1e-3)
    for number, part in parts:
        start, end = found[number]
        slow = (min(ended, end) - max(began, start)).total_seconds()
        assert part == pytest.approx(slow)


@given(st.sampled_from(ZONES), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 9))
def test_buckets_leave_no_gap_and_do_not_overlap(zone: str, first: date, more: int) -> None:
    last = first + timedelta(days=more)
    for kind in (days, hours):
        found = list(kind(first, last, ZoneInfo(zone)))
        assert all(a[1] == b[0] for a, b in pairwise(found))
