"""What every report gives: columns, each with its formula, and lines of what was counted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"
Tally = Mapping[str, int]
"""What was counted: microseconds where it is time."""
Value = float | None
"""A column's figure in seconds, calls, agents, or a share of 1; None: there is nothing to tell."""


class Unit(StrEnum):
    TIME = "time"
    COUNT = "count"
    SHARE = "share"
    LEVEL = "level"


@dataclass(frozen=True)
class Column:
    """`formula` says how `value` comes to its figure. `colour` and `icon` are a status's."""

    code: str
    label: Words
    unit: Unit
    value: Callable[[Tally], Value]
    formula: Words = ""
    colour: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Line:
    """What was counted of one agent, team or queue, or from one moment on. `open`: some of it still
    runs. `gap`: nobody was ready for some of it."""

    name: str
    began: datetime | None
    tally: Tally
    open: bool = False
    gap: bool = False


@dataclass(frozen=True)
class Sheet:
    """Lines in their order, and what all of it comes to. `charted` are the columns that add up to a
    bar."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Tally
    charted: tuple[str, ...]
    notes: tuple[Words, ...] = field(default=())

    def column(self, code: str) -> Column | None:
        return next((column for column in self.columns if column.code == code), None)

    def ordered(self, by: str) -> tuple[Line, ...]:
        """The lines by a column, from the most down where `by` begins with "-"; those that have
        nothing to tell at the end."""
        column = self.column(by.removeprefix("-"))
        if column is None:
            return self.lines[::-1] if by == "-" else self.lines
        told = [(column.value(line.tally), line) for line in self.lines]
        known = [(value, line) for value, line in told if value is not None]
        known.sort(key=lambda pair: pair[0], reverse=by.startswith("-"))
        silent = (line for value, line in told if value is None)
        return (*(line for _, line in known), *silent)


def time(code: str, *parts: str) -> Callable[[Tally], Value]:
    """Seconds of one thing counted, or of several together."""
    codes = (code, *parts)
    return lambda tally: sum(tally.get(one, 0) for one in codes) / 1_000_000


def count(code: str) -> Callable[[Tally], Value]:
    return lambda tally: tally.get(code, 0)


def share(part: Iterable[str], whole: Iterable[str], scale: float = 1) -> Callable[[Tally], Value]:
    """What some are of others, divided by `scale`; None where there are no others."""
    part, whole = tuple(part), tuple(whole)

    def value(tally: Tally) -> Value:
        others = sum(tally.get(one, 0) for one in whole)
        return sum(tally.get(one, 0) for one in part) / others / scale if others else None

    return value
