"""How many there were at each moment: the least, the sum over time, and the time of nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Level:
    """In one bucket: the `least` at once, microseconds of all of them together, and microseconds
    with nobody."""

    least: int
    together: int = 0
    nobody: int = 0


@dataclass(slots=True)
class Sweep:
    """Between two borders, how many were `ready` and how many `staffed`."""

    ready: Level
    staffed: Level
    wide: int = field(default=0)


def sweep(
    changes: Iterable[tuple[datetime, int, int]], borders: Sequence[datetime], until: datetime
) -> dict[int, Sweep]:
    """The levels between each border and the next, by number, none later than `until`.

    `changes` are moments with how many more are ready and staffed from then on, in order; those
    before the first border say who was there already.
    """
    found: dict[int, Sweep] = {}
    waiting = iter(changes)
    change = next(waiting, None)
    ready = staffed = 0
    for number, (began, border) in enumerate(pairwise(borders)):
        ended = min(border, until)
        if began >= ended:
            continue
        here: Sweep | None = None
        at = began
        while at < ended:
            while change and change[0] <= at:
                ready, staffed = ready + change[1], staffed + change[2]
                change = next(waiting, None)
            stop = min(change[0], ended) if change else ended
            here = here or Sweep(Level(ready), Level(staffed))
            spent = (stop - at) // _MICROSECOND
            _note(here.ready, ready, spent)
            _note(here.staffed, staffed, spent)
            here.wide += spent
            at = stop
        if here:
            found[number] = here
    return found


def _note(level: Level, number: int, spent: int) -> None:
    level.least = min(level.least, number)
    level.together += number * spent
    if number == 0:
        level.nobody += spent
