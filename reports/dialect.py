"""What SQLite and PostgreSQL say differently, exact to the microsecond in both."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection


def span(later: str, earlier: str) -> str:
    """How long it is from one moment to another, as the database adds it up and compares it."""
    if connection.vendor == "sqlite":
        return f"({_microseconds(later)} - {_microseconds(earlier)})"
    return f"({later} - {earlier})"


def _microseconds(moment: str) -> str:
    # SQLite's own arithmetic is in milliseconds at best, and rounds to the next second.
    second = f"CAST(strftime('%%s', substr({moment}, 1, 19)) AS INTEGER)"
    return f"({second} * 1000000 + CAST(substr({moment}, 21) AS INTEGER))"


def seconds(number: str) -> str:
    """So many whole seconds, to compare with a span."""
    if connection.vendor == "sqlite":
        return f"({number} * 1000000)"
    return f"make_interval(secs => {number})"


def whole(spans: str) -> str:
    """A span, or a sum of them, in whole microseconds."""
    if connection.vendor == "sqlite":
        return spans
    return f"(EXTRACT(EPOCH FROM {spans}) * 1000000)::bigint"


def later(one: str, other: str) -> str:
    """The later of two moments."""
    return f"{'MAX' if connection.vendor == 'sqlite' else 'GREATEST'}({one}, {other})"


def earlier(one: str, other: str) -> str:
    """The earlier of two moments."""
    return f"{'MIN' if connection.vendor == 'sqlite' else 'LEAST'}({one}, {other})"


def bucket(moment: str) -> str:
    """The number of borders that are not after `moment`; the query has the parameter `borders`."""
    if connection.vendor == "sqlite":
        return f"rollcall_bucket({moment})"
    return f"width_bucket({moment}, %(borders)s::timestamptz[])"


def borders() -> str:
    """A table of the borders, a `moment` each; the query has the parameter `borders`."""
    if connection.vendor == "sqlite":
        return "(SELECT value AS moment FROM json_each(%(borders)s))"
    return "unnest(%(borders)s::timestamptz[]) AS moment"


def among(name: str, keys: Iterable[int], asked: dict[str, object]) -> str:
    """What a primary key is to be one of, as parameters that are put in `asked`."""
    named = {f"{name}_{number}": key for number, key in enumerate(sorted(keys))}
    asked |= named
    return f"({', '.join(f'%({one})s' for one in named) or 'NULL'})"


def rows(
    sql: str, asked: Mapping[str, Any], borders: Sequence[datetime] = ()
) -> Iterator[tuple[Any, ...]]:
    """What one statement finds; its named parameters are `asked`, moments among them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            edges = [_stored(border) for border in borders]
            asked = {**asked, "borders": json.dumps(edges)}
            connection.connection.create_function(
                "rollcall_bucket", 1, lambda moment: bisect_right(edges, moment), deterministic=True
            )
        elif borders:
            asked = {**asked, "borders": list(borders)}
        cursor.execute(sql, {name: _stored(value) for name, value in asked.items()})
        while found := cursor.fetchmany(5000):
            yield from found


def moment(value: datetime | str) -> datetime:
    """A moment that was read, in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _stored(value: Any) -> Any:
    """As columns have it: SQLite's moments are text, and sort as such."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
