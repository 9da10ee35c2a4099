"""How many were ready at any time, and when nobody was: the gaps."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from reports import dialect, sums
from reports.sheet import Column, Line, Sheet, Tally, Unit, Value, share, time
from reports.sweep import Sweep, sweep
from reports.wish import Wish

_CHANGES = """
WITH shown AS (
    SELECT began, ended, CASE status.workforce WHEN 'ready' THEN 1 ELSE 0 END AS ready
    FROM ({source}) source JOIN presence_status status ON status.code = source.code
    {condition} status.workforce <> 'absent'
)
SELECT moment, SUM(ready), SUM(staffed) FROM (
    SELECT began AS moment, ready, 1 AS staffed FROM shown
    UNION ALL SELECT ended, -ready, -1 FROM shown
) changes
GROUP BY moment HAVING SUM(ready) <> 0 OR SUM(staffed) <> 0 ORDER BY moment
"""


def _least(code: str) -> "Column":
    labels = {"ready": _("Ready, least"), "staffed": _("Staffed, least")}
    return Column(
        f"{code}_least",
        labels[code],
        Unit.COUNT,
        lambda tally: tally.get(f"{code}_least", 0),
        _("The smallest number there was at any moment of it."),
    )


def _not_ready(tally: Tally) -> Value:
    """How many were on shift and not ready, on average."""
    wide = tally.get("wide", 0)
    return (tally["staffed"] - tally["ready"]) / wide if wide else None


COLUMNS = (
    Column(
        "ready",
        _("Ready, average"),
        Unit.LEVEL,
        share(["ready"], ["wide"]),
        _("Ready time of all agents together / length of the interval."),
        "green",
        "check",
    ),
    _least("ready"),
    Column(
        "not_ready",
        _("Not ready, average"),
        Unit.LEVEL,
        _not_ready,
        _("Staffed on average, less ready on average: engaged or withdrawn."),
        "yellow",
        "minus",
    ),
    Column(
        "staffed",
        _("Staffed, average"),
        Unit.LEVEL,
        share(["staffed"], ["wide"]),
        _("Time of all agents together in which they were not absent / length of the interval."),
    ),
    _least("staffed"),
    Column(
        "gap",
        _("Gap"),
        Unit.TIME,
        time("gap"),
        _("Time in which nobody was ready, whoever was on shift."),
        "red",
        "alert",
    ),
    Column(
        "unstaffed",
        _("Of it, nobody on shift"),
        Unit.TIME,
        time("unstaffed"),
        _("The part of the gap in which everybody was absent."),
    ),
)


def read(wish: Wish, now: datetime) -> Sheet:
    """The report as of `now`; it has no lines for what is still to come."""
    borders = wish.borders()
    found = sweep(_changes(wish, now), borders, now)
    lines = tuple(
        Line("", borders[number], _tally(one), borders[number + 1] > now, one.ready.nobody > 0)
        for number, one in found.items()
    )
    return Sheet(COLUMNS, lines, _total(lines), ("ready", "not_ready"))


def _changes(wish: Wish, now: datetime) -> Iterator[tuple[datetime, int, int]]:
    borders = wish.borders()
    asked: dict[str, object] = {"start": borders[0], "end": borders[-1], "now": now}
    ours = sums.of(wish, asked)
    source, condition = " UNION ALL ".join(sums.STATUSES), f"{ours} AND" if ours else "WHERE"
    statement = _CHANGES.format(source=source, condition=condition)
    for moment, ready, staffed in dialect.rows(statement, asked):
        yield dialect.moment(moment), int(ready), int(staffed)


def _tally(one: Sweep) -> Tally:
    return {
        "wide": one.wide,
        "ready": one.ready.together,
        "ready_least": one.ready.least,
        "staffed": one.staffed.together,
        "staffed_least": one.staffed.least,
        "gap": one.ready.nobody,
        "unstaffed": one.staffed.nobody,
        "gaps": int(one.ready.nobody > 0),
    }


def _total(lines: tuple[Line, ...]) -> Tally:
    """Sums, but for the least of all."""
    if not lines:
        return {}
    return {
        code: (min if code.endswith("_least") else sum)(line.tally[code] for line in lines)
        for code in lines[0].tally
    }
