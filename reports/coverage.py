"""How many were ready at any time, and when nobody was: the gaps."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import compress, groupby
from operator import itemgetter, mul, not_

from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from presence.models import Agent, Interval
from reports import dialect, sums
from reports.sheet import Column, Line, Sheet, Tally, Unit, Value, share, time
from reports.wish import Wish

_LEVELS = """
WITH shown AS (
    SELECT began, ended, CASE status.workforce WHEN 'ready' THEN 1 ELSE 0 END AS ready
    FROM ({source}) source JOIN presence_status status ON status.code = source.code
    {condition} status.workforce <> 'absent'
), changes AS (
    SELECT began AS moment, ready, 1 AS staffed, 0 AS border FROM shown
    UNION ALL SELECT ended, -ready, -1, 0 FROM shown
    UNION ALL SELECT %(start)s, 0, 0, 0
    UNION ALL SELECT %(now)s, 0, 0, 0
    UNION ALL SELECT moment, 0, 0, 1 FROM {borders}
), levels AS (
    SELECT moment, LEAD(moment) OVER moments AS until, SUM(ready) OVER moments AS ready,
        SUM(staffed) OVER moments AS staffed, SUM(border) OVER moments AS bucket
    FROM changes WINDOW moments AS (ORDER BY moment)
)
SELECT bucket, ready, staffed, {wide} FROM levels
WHERE moment < until AND moment >= %(start)s AND until <= %(end)s AND until <= %(now)s
GROUP BY bucket, ready, staffed
"""
"""How long how many were ready and staffed, in each bucket. Borders are changes too, so that no
level lasts from one bucket into the next; changes at the same moment are in each other's sums."""


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
    """The report as of `now`; it has no lines for what is still to come, nor for what was before
    the first agent was added."""
    borders = wish.borders()
    lines = tuple(
        _line(borders[number - 1], borders[number] > now, [level for _, *level in levels])
        for number, levels in groupby(sorted(_levels(wish, now)), itemgetter(0))
    )
    return Sheet(COLUMNS, lines, _total(lines), ("ready", "not_ready"))


def _levels(wish: Wish, now: datetime) -> Iterator[tuple[int, ...]]:
    """Each bucket's number, how many were ready and staffed, and for how long."""
    borders, first = wish.borders(), _first()
    if first is None:
        return iter(())
    start = max(borders[0], first)
    asked: dict[str, object] = {"start": start, "end": borders[-1], "now": now}
    ours = sums.of(wish, asked)
    statement = _LEVELS.format(
        source=" UNION ALL ".join(sums.STATUSES),
        condition=f"{ours} AND" if ours else "WHERE",
        borders=dialect.borders(),
        wide=dialect.whole(f"SUM({dialect.span('until', 'moment')})"),
    )
    return dialect.rows(statement, asked, borders)


def _first() -> datetime | None:
    """When the history of the first agent begins; each agent's is looked up in an index."""
    spans = Interval.objects.filter(agent=OuterRef("pk")).order_by("started_at")
    began = Coalesce(Subquery(spans.values("started_at")[:1]), F("state__shown_since"))
    first: datetime | None = Agent.objects.aggregate(first=Min(began))["first"]
    return first


def _line(began: datetime, running: bool, levels: Iterable[Iterable[int]]) -> Line:
    ready, staffed, wide = zip(*levels, strict=True)
    tally = {
        "wide": sum(wide),
        "ready": sum(map(mul, ready, wide)),
        "ready_least": min(ready),
        "staffed": sum(map(mul, staffed, wide)),
        "staffed_least": min(staffed),
        "gap": sum(compress(wide, map(not_, ready))),
        "unstaffed": sum(compress(wide, map(not_, staffed))),
        "gaps": int(0 in ready),
    }
    return Line("", began, tally, running, 0 in ready)


def _total(lines: tuple[Line, ...]) -> Tally:
    """Sums, but for the least of all."""
    if not lines:
        return {}
    return {
        code: (min if code.endswith("_least") else sum)(line.tally[code] for line in lines)
        for code in lines[0].tally
    }
