"""Bundled stretches are shared out as each one of them would have been."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reports.parts import Bundle, share_out
from reports.stretches import cut

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
BORDERS = [BEGIN + timedelta(seconds=n) for n in (0, 100, 100, 150, 400, 401)]
"""One of the days never was, as where a zone crossed the date line."""
microseconds = st.integers(-50_000_000, 450_000_000)


def number(moment: datetime) -> int:
    return sum(border <= moment for border in BORDERS)


@given(st.lists(st.tuples(microseconds, microseconds).map(sorted), max_size=20))
def test_what_is_bundled_is_shared_out_as_if_each_were_cut(pairs: list[list[int]]) -> None:
    slow: Counter[int] = Counter()
    bundles: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for pair in pairs:
        began, ended = (BEGIN + timedelta(microseconds=n) for n in pair)
        for bucket, seconds in cut(began, ended, BORDERS[:-1], BORDERS[-1]):
            slow[bucket] += round(seconds * 1_000_000)
        bundles.setdefault((number(began), number(ended)), []).append((pair[0], pair[1]))
    found: Counter[int] = Counter()
    for (first, last), several in bundles.items():
        total = sum(ended - began for began, ended in several)
        ahead = sum(began for began, _ in several)
        for bucket, spent in share_out(Bundle(first, last, len(several), total, ahead), BORDERS):
            found[bucket] += spent
    assert +found == +slow
