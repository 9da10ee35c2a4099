"""Sharing out what many stretches of time add up to among the buckets that they touch: exactly, and
without looking at any one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Stretches that begin in one bucket, `first`, and end in one, `last`. Number 0 lies before all
    buckets, 1 is the first of them, and one more than there are lies after all.

    `total` is how long they last together, `ahead` how long after the beginning of the first bucket
    they began, added up; both in microseconds.
    """

    first: int
    last: int
    count: int
    total: int
    ahead: int


def share_out(bundle: Bundle, borders: Sequence[datetime]) -> Iterator[tuple[int, int]]:
    """Microseconds by bucket, counted from 0; what lies before and after all is left out."""
    first, last, buckets = bundle.first, bundle.last, len(borders) - 1
    if first == last:
        if 1 <= first <= buckets:
            yield first - 1, bundle.total
        return
    for number in range(max(first, 1), min(last, buckets) + 1):
        if number == first:
            spent = bundle.count * _after(borders, number) - bundle.ahead
        elif number == last:
            spent = bundle.ahead + bundle.total - bundle.count * _after(borders, number - 1)
        else:
            spent = bundle.count * (_after(borders, number) - _after(borders, number - 1))
        yield number - 1, spent


def _after(borders: Sequence[datetime], number: int) -> int:
    return (borders[number] - borders[0]) // _MICROSECOND
