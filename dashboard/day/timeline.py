"""Where the parts of a day are drawn: one axis, lanes below each other, places in per cent.

Pure: it knows moments and words, and nothing of what they stand for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

QUARTER = timedelta(minutes=15)
FINE = timedelta(hours=3)
COARSE = timedelta(hours=13)
"""An axis no longer than the first has a mark every quarter of an hour, others every hour; longer
than the second, it has the time of every other hour."""

ROW, GAP, TOP = 26, 8, 34
"""Pixels: a row of bars, the gap between lanes, the axis above them."""
_ICON, _LETTER = 2.4, 0.85
"""Per cent of the axis, where it is as short as it gets, that an icon and a letter need."""
_LEAST = 0.0001
"""What has no width is not drawn at all; its outline makes the shortest moment a line."""


@dataclass(frozen=True)
class Bar:
    """Something from `began` until `ended`, a moment where these are equal. `kind` is drawn as a
    pattern, `detail` is what more there is to say of it."""

    began: datetime
    ended: datetime
    open: bool
    label: str
    detail: str
    colour: str
    icon: str
    kind: str = ""

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()


@dataclass(frozen=True)
class Lane:
    """Bars of one sort; `points` are moments, drawn as signs."""

    key: str
    label: str
    bars: tuple[Bar, ...]
    points: bool = False


@dataclass(frozen=True)
class Axis:
    began: datetime
    ended: datetime

    def place(self, moment: datetime) -> float:
        """How far along the axis, in per cent: 0 at its beginning, 100 at its end, no further."""
        share = (moment - self.began) / (self.ended - self.began)
        return 100 * min(max(share, 0.0), 1.0)

    def shows(self, bar: Bar) -> bool:
        inside = self.began <= bar.began <= self.ended
        return inside or (bar.began < self.began < bar.ended)


@dataclass(frozen=True)
class Drawn:
    """A bar in its place: `x` and `width` in per cent, `y` in pixels. There is room for its icon in
    it where it is `signed`, for its label where it is `named`."""

    bar: Bar
    x: str
    width: str
    y: int
    signed: bool
    named: bool


@dataclass(frozen=True)
class Row:
    """A lane in its place, `y` and `height` in pixels."""

    lane: Lane
    y: int
    height: int
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True)
class Tick:
    """A mark on the axis, of a `whole` hour or a quarter; `named`: there is room for its time."""

    x: str
    at: datetime
    whole: bool
    named: bool


@dataclass(frozen=True)
class Timeline:
    axis: Axis
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    now: str
    height: int


Stretch = tuple[datetime, datetime]


def axis_of(hours: Sequence[Stretch], busy: Sequence[Stretch]) -> Axis:
    """From the hour in which the first of these stretches begins to the one in which the last
    ends; without any, all of the hours."""
    if not busy:
        return Axis(hours[0][0], hours[-1][1])
    first, last = min(began for began, _ in busy), max(ended for _, ended in busy)
    began = max((start for start, _ in hours if start <= first), default=hours[0][0])
    ended = min((end for _, end in hours if end >= last), default=hours[-1][1])
    return Axis(began, max(ended, began + QUARTER))


def draw(
    lanes: Iterable[Lane],
    axis: Axis,
    hours: Iterable[Stretch],
    now: datetime | None,
) -> Timeline:
    """`lanes` on `axis`, marked at `hours`; `now` is marked where the axis has it."""
    rows, y = [], TOP
    for lane in lanes:
        row = _row(lane, axis, y)
        rows.append(row)
        y += row.height + GAP
    shows_now = now is not None and axis.began <= now <= axis.ended
    return Timeline(
        axis=axis,
        rows=tuple(rows),
        ticks=tuple(_ticks(axis, hours)),
        now=_percent(axis.place(now)) if now and shows_now else "",
        height=y,
    )


def stack(bars: Iterable[Bar]) -> list[list[Bar]]:
    """Bars in as few rows as they need so that none covers another, each in order of time."""
    rows: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda bar: bar.began):
        free = next((row for row in rows if row[-1].ended <= bar.began), None)
        if free is None:
            rows.append([bar])
        else:
            free.append(bar)
    return rows


def _row(lane: Lane, axis: Axis, y: int) -> Row:
    bars = [bar for bar in lane.bars if axis.shows(bar)]
    rows = [bars] if lane.points else stack(bars)
    drawn = tuple(
        _drawn(bar, axis, y + number * ROW) for number, row in enumerate(rows) for bar in row
    )
    return Row(lane, y, max(1, len(rows)) * ROW, drawn)


def _drawn(bar: Bar, axis: Axis, y: int) -> Drawn:
    x = axis.place(bar.began)
    width = axis.place(bar.ended) - x
    icon = _ICON if bar.icon else 0
    return Drawn(
        bar=bar,
        x=_percent(x),
        width=_percent(max(width, _LEAST)),
        y=y,
        signed=bool(bar.icon) and width >= _ICON,
        named=width >= icon + _LETTER * (len(bar.label) + 1),
    )


def _ticks(axis: Axis, hours: Iterable[Stretch]) -> Iterator[Tick]:
    length = axis.ended - axis.began
    fine, every = length <= FINE, 2 if length > COARSE else 1
    for number, (began, ended) in enumerate(hours):
        moment = began
        while moment < ended:
            if axis.began <= moment <= axis.ended:
                whole, named = moment == began, number % every == 0
                yield Tick(_percent(axis.place(moment)), moment, whole, named)
            if not fine:
                break
            moment += QUARTER


def _percent(number: float) -> str:
    """Text, for templates write numbers as the reader's language does."""
    return f"{number:.4f}%"
