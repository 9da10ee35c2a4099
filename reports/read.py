"""Reading what showed, closed and still open, as stretches."""

from collections.abc import Iterator
from datetime import datetime

from reports import dialect
from reports.stretches import Stretch
from reports.sums import STATUSES


def stretches(
    start: datetime, end: datetime, now: datetime, agent: int | None = None
) -> Iterator[Stretch]:
    """Time in each status between `start` and `end`, uncut, and no later than `now`: everybody's,
    or one agent's."""
    asked: dict[str, object] = {"start": start, "end": end, "now": now}
    source = " UNION ALL ".join(STATUSES)
    statement = f"SELECT agent, code, reason, note, began, ended, running FROM ({source}) source"  # nosec B608 # noqa: S608
    if agent is not None:
        statement, asked = f"{statement} WHERE agent = %(agent)s", {**asked, "agent": agent}
    for whose, code, reason, note, began, ended, running in dialect.rows(statement, asked):
        moments = dialect.moment(began), dialect.moment(ended)
        yield Stretch(whose, code, reason, note, *moments, open=bool(running) and end > now)
