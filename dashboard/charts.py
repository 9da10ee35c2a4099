"""Drawing a report: bars made of the columns that add up, over time or one for each name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.sheet import Column, Line, Sheet, Value

WIDTH, ROW, TALL, NAMES, FOOT, TOP = 1000, 24, 260, 190, 24, 14
"""In the drawing's own units: its width, a lying bar, all standing ones, room for names, for times
and for what stands above."""
MOST = 12
"""Lying bars that one drawing has."""
_TICKS = 12
WIDEST, LABEL = 90, 60
"""A standing bar's width at most, and the room that the time below one needs."""
HATCHES = (
    "",
    "M0 8L8 0",
    "M0 4H8",
    "M4 0V8",
    "M0 0L8 8",
    "M4 0V8M0 4H8",
    "M3 4h2",
    "M0 8L8 0M0 0L8 8",
)
"""So that colour is never the only sign."""


@dataclass(frozen=True)
class Series:
    column: Column
    number: int
    hatch: str


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Piece:
    series: int
    box: Box


@dataclass(frozen=True)
class Bar:
    """`about` is all that it shows, in words. `tick`: there is room for its label."""

    label: str
    about: str
    box: Box
    pieces: tuple[Piece, ...]
    gap: bool
    tick: bool


@dataclass(frozen=True)
class Chart:
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    upright: bool
    height: float
    most: float
    left_out: int
    column: Column


def draw(
    sheet: Sheet,
    lines: Sequence[Line],
    label: Callable[[Line], str],
    short: Callable[[Line], str],
    said: Callable[[Column, Value], str],
) -> Chart | None:
    """The chart of these lines; None where there is nothing to draw. `label` names a line, `short`
    too where there is little room, and `said` tells a figure."""
    columns = [column for column in sheet.columns if column.code in sheet.charted]
    upright = bool(lines) and not any(line.name for line in lines) and lines[0].began is not None
    shown = lines if upright else lines[:MOST]
    values = [[column.value(line.tally) or 0 for column in columns] for line in shown]
    most = max((sum(parts) for parts in values), default=0)
    if not most:
        return None
    series = tuple(
        Series(column, number, HATCHES[number % len(HATCHES)])
        for number, column in enumerate(columns)
    )
    scale = (TALL if upright else WIDTH - NAMES) / most
    shape = _standing if upright else _lying
    every = max(1, -(-len(shown) // _TICKS)) if upright else 1
    bars = []
    for place, (line, parts) in enumerate(zip(shown, values, strict=True)):
        told = [said(c, v) for c, v in zip(columns, parts, strict=True) if v]
        about = f"{label(line)}: {', '.join(told) or '0'}"
        box, pieces = shape([part * scale for part in parts], place, len(shown))
        tick = place % every == 0 and box.x < WIDTH - LABEL
        bars.append(Bar(short(line), about, box, tuple(pieces), line.gap, tick))
    height = TALL + TOP + FOOT if upright else ROW * len(shown)
    return Chart(series, tuple(bars), upright, height, most, len(lines) - len(shown), columns[0])


def _standing(parts: list[float], place: int, count: int) -> tuple[Box, list[Piece]]:
    wide = WIDTH / count
    x, width = place * wide, min(WIDEST, max(wide * 0.86, wide - 4))
    pieces, y = [], float(TOP + TALL)
    for number, part in enumerate(parts):
        y -= part
        if part:
            pieces.append(Piece(number, _box(x, y, width, part)))
    return _box(x, TOP, width, TALL), pieces


def _lying(parts: list[float], place: int, _count: int) -> tuple[Box, list[Piece]]:
    x, y, height = float(NAMES), place * ROW + 3, ROW - 6
    pieces = []
    for number, part in enumerate(parts):
        if part:
            pieces.append(Piece(number, _box(x, y, part, height)))
        x += part
    return _box(NAMES, y, WIDTH - NAMES, height), pieces


def _box(x: float, y: float, width: float, height: float) -> Box:
    return Box(round(x, 2), round(y, 2), round(width, 2), round(height, 2))
