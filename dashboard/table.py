"""The monitor's view of its rows, kept in the URL: filters, sort and the counts on the tiles."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.rows import Look, Row
from presence.models import Status, Team
from routing.models import Queue

AVAILABILITY = ("available", "pending", "unavailable")


@dataclass(frozen=True)
class Column:
    key: str
    label: str


COLUMNS = (
    Column("agent", "Agent"),
    Column("team", "Team"),
    Column("status", "Status"),
    Column("reason", "Reason"),
    Column("duration", "Duration"),
    Column("availability", "Availability"),
    Column("pending", "Mode Pending"),
    Column("interaction", "Interaction"),
    Column("queue", "Queue"),
    Column("caller", "Caller"),
    Column("devices", "Devices"),
)
SORTABLE = {column.key for column in COLUMNS} - {"devices"}


@dataclass(frozen=True)
class Header:
    """A column's head: `direction` is ascending, descending or empty; `url` sorts by it."""

    column: Column
    direction: str
    url: str


@dataclass(frozen=True)
class Tile:
    """How many agents are in a status; `url` shows only these, or all again."""

    look: Look
    count: int
    active: bool
    url: str


@dataclass(frozen=True)
class Lists:
    """What there is to filter by; teams and queues by id and name."""

    statuses: tuple[Look, ...]
    teams: tuple[tuple[int, str], ...]
    queues: tuple[tuple[int, str], ...]

    @classmethod
    def read(cls) -> "Lists":
        return cls(
            statuses=tuple(Look.of(status) for status in Status.objects.filter(active=True)),
            teams=tuple(Team.objects.filter(active=True).values_list("pk", "name")),
            queues=tuple(Queue.objects.filter(active=True).values_list("pk", "name")),
        )


@dataclass(frozen=True)
class View:
    """What the URL asks for. Filters narrow together; `sort` starts with - for descending."""

    status: str = ""
    team: str = ""
    queue: str = ""
    text: str = ""
    sort: str = "agent"

    @classmethod
    def of(cls, query: QueryDict) -> "View":
        sort = query.get("sort", "agent")
        return cls(
            status=query.get("status", ""),
            team=query.get("team", ""),
            queue=query.get("queue", ""),
            text=query.get("text", "").strip(),
            sort=sort if sort.removeprefix("-") in SORTABLE else "agent",
        )

    @property
    def url(self) -> str:
        """The query string of this view; what is at its default is left out."""
        default = View()
        return "?" + urlencode(
            {k: v for k, v in vars(self).items() if v and v != getattr(default, k)}
        )

    def counts(self, row: Row) -> bool:
        """Whether the row passes every filter but the status."""
        return (
            (not self.team or str(row.team_id) == self.team)
            and (not self.queue or self.queue in row.queue_ids.split())
            and self.text.lower() in row.text
        )

    def shows(self, row: Row) -> bool:
        return self.counts(row) and (not self.status or row.status.code == self.status)

    def header(self, column: Column) -> Header:
        if column.key not in SORTABLE:
            return Header(column, "", "")
        ascending, descending = column.key, f"-{column.key}"
        direction = {ascending: "ascending", descending: "descending"}.get(self.sort, "")
        following = descending if self.sort == ascending else ascending
        return Header(column, direction, replace(self, sort=following).url)

    def tiles(self, statuses: Iterable[Look], found: Iterable[Row]) -> list[Tile]:
        counts = Counter(row.status.code for row in found if self.counts(row))
        return [self._tile(look, counts[look.code]) for look in statuses]

    def _tile(self, look: Look, count: int) -> Tile:
        active = self.status == look.code
        return Tile(look, count, active, replace(self, status="" if active else look.code).url)

    def sorted(self, found: Iterable[Row]) -> list[Row]:
        """Rows in order; those with nothing in the column come last, either way."""
        column = self.sort.removeprefix("-")
        named = sorted(found, key=lambda row: (natural(row.name), row.id))
        filled = [row for row in named if sort_key(row, column) is not None]
        empty = [row for row in named if sort_key(row, column) is None]
        filled.sort(key=lambda row: sort_key(row, column) or (), reverse=self.sort[0] == "-")
        return filled + empty


def sort_key(row: Row, column: str) -> tuple[str | float, ...] | None:
    """What `column` sorts by, None when empty.

    static/monitor.js sorts by the same things, but text in the order of the viewer's language; it
    sorts once when the page opens, and `natural` is so near to that that few rows move.
    """
    match column:
        case "status":
            return (row.status.order, natural(row.status.label))
        case "duration":
            return (_age(row.since),)
        case "availability":
            return (AVAILABILITY.index(row.availability), natural(" ".join(row.why_not)))
        case "pending":
            return (_age(row.pending.since),) if row.pending else None
        case "interaction":
            return (_age(row.talk.since),) if row.talk else None
    text = {
        "agent": row.name,
        "team": row.team,
        "reason": row.reason,
        "queue": row.talk.queue if row.talk else "",
        "caller": row.talk.caller if row.talk else "",
    }[column]
    return (natural(text),) if text else None


def natural(text: str) -> str:
    """Sorts as people do: 2 before 10, whatever the case and the accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"\d+", lambda number: number[0].zfill(20), plain)


def _age(since: datetime) -> float:
    """Sorts the shortest duration first."""
    return -since.timestamp()
