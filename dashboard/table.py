"""The monitor's view of its rows, kept in the URL: filters, order, groups and the counts on the
tiles."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.columns import KEYS, Column
from dashboard.rows import Look, Row
from presence.models import Status, Team
from presence.words import lazily as _
from routing.models import Queue

AVAILABILITY = {
    "available": _("Available"),
    "pending": _("Mode Pending"),
    "unavailable": _("Unavailable"),
}
GROUPS = {"team": _("Team"), "queue": _("Queue"), "status": _("Status")}
LONGEST_TEXT = 100


@dataclass(frozen=True)
class Header:
    """A column's head: `direction` is ascending, descending or empty; `url` sorts by it."""

    column: Column
    direction: str
    url: str


@dataclass(frozen=True)
class Tile:
    """How many agents are in a status; `url` shows only these, or all again, `top_url` shows them
    first."""

    look: Look
    count: int
    active: bool
    url: str
    top: bool
    top_url: str


@dataclass(frozen=True)
class Pick:
    """One value that a facet may have."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """Something to filter by: whoever has any of the chosen values passes, and everybody where none
    is chosen."""

    name: str
    label: str
    picks: tuple[Pick, ...]

    @property
    def chosen(self) -> list[Pick]:
        return [pick for pick in self.picks if pick.chosen]


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
    """What the URL asks for. A filter with several values lets any of them pass; filters narrow
    together. `sort` starts with - for descending; `top` is the status that comes before all."""

    status: tuple[str, ...] = ()
    availability: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    queue: tuple[str, ...] = ()
    text: str = ""
    top: str = ""
    group: str = ""
    sort: str = "agent"

    @classmethod
    def of(cls, query: QueryDict) -> "View":
        sort, group = query.get("sort", "agent"), query.get("group", "")
        return cls(
            status=_many(query, "status"),
            availability=_many(query, "availability"),
            team=_many(query, "team"),
            queue=_many(query, "queue"),
            text=query.get("text", "").strip()[:LONGEST_TEXT],
            top=query.get("top", ""),
            group=group if group in GROUPS else "",
            sort=sort if sort.removeprefix("-") in KEYS else "agent",
        )

    def known(self, lists: Lists) -> "View":
        """Without the values that there are not, or not any more."""
        statuses = [look.code for look in lists.statuses]
        return replace(
            self,
            status=_known(self.status, statuses),
            availability=_known(self.availability, AVAILABILITY),
            team=_known(self.team, (str(key) for key, _name in lists.teams)),
            queue=_known(self.queue, (str(key) for key, _name in lists.queues)),
            top=self.top if self.top in statuses else "",
        )

    @property
    def url(self) -> str:
        """The query string of this view. It is never empty: an address without one opens the view
        that the person opens the monitor with."""
        asked = {k: ",".join(v) if isinstance(v, tuple) else v for k, v in vars(self).items()}
        return "?" + urlencode({k: v for k, v in asked.items() if v}, safe=",")

    @property
    def narrow(self) -> bool:
        """Whether there is anything to clear."""
        return self.url != View(sort=self.sort, group=self.group).url

    def counts(self, row: Row) -> bool:
        """Whether the row passes every filter but the status."""
        return (
            (not self.availability or row.availability in self.availability)
            and (not self.team or str(row.team_id) in self.team)
            and (not self.queue or not set(self.queue).isdisjoint(row.queue_ids.split()))
            and (not self.text or self.text.lower() in row.text)
        )

    def shows(self, row: Row) -> bool:
        return self.counts(row) and (not self.status or row.status.code in self.status)

    def header(self, column: Column) -> Header:
        ascending, descending = column.key, f"-{column.key}"
        direction = {ascending: "ascending", descending: "descending"}.get(self.sort, "")
        following = descending if self.sort == ascending else ascending
        return Header(column, direction, replace(self, sort=following).url)

    def tiles(self, statuses: Iterable[Look], found: Iterable[Row]) -> list[Tile]:
        counts = Counter(row.status.code for row in found if self.counts(row))
        return [self._tile(look, counts[look.code]) for look in statuses]

    def _tile(self, look: Look, count: int) -> Tile:
        active, top = look.code in self.status, look.code == self.top
        only = () if self.status == (look.code,) else (look.code,)
        first = "" if top else look.code
        return Tile(
            look, count, active, replace(self, status=only).url, top, replace(self, top=first).url
        )

    def facets(self, lists: Lists) -> list[Facet]:
        statuses = [(look.code, look.label) for look in lists.statuses]
        return [
            _facet("status", _("Status"), statuses, self.status),
            _facet("availability", _("Availability"), AVAILABILITY.items(), self.availability),
            _facet("team", _("Team"), lists.teams, self.team),
            _facet("queue", _("Queue"), lists.queues, self.queue),
        ]

    def sorted(self, found: Iterable[Row]) -> list[Row]:
        """Rows in order; those with nothing in the column come last, either way."""
        column = self.sort.removeprefix("-")
        named = sorted(found, key=lambda row: (natural(row.name), row.id))
        keyed = [(sort_key(row, column), row) for row in named]
        filled = [(key, row) for key, row in keyed if key is not None]
        filled.sort(key=itemgetter(0), reverse=self.sort[0] == "-")
        ordered = [row for _key, row in filled] + [row for key, row in keyed if key is None]
        return sorted(ordered, key=lambda row: row.status.code != self.top)


def _many(query: QueryDict, name: str) -> tuple[str, ...]:
    """The values of a filter, as a form sends them or joined by commas."""
    values = ",".join(query.getlist(name)).split(",")
    return tuple(dict.fromkeys(value for value in values if value))


def _known(values: tuple[str, ...], there: Iterable[str]) -> tuple[str, ...]:
    found = set(there)
    return tuple(value for value in values if value in found)


def _facet(
    name: str,
    label: str,
    values: Iterable[tuple[object, str]],
    chosen: tuple[str, ...],
) -> Facet:
    picks = ((str(value), label) for value, label in values)
    return Facet(name, label, tuple(Pick(v, label, v in chosen) for v, label in picks))


def sort_key(row: Row, column: str) -> tuple[str | float, ...] | None:
    """What `column` sorts by, None when empty.

    static/monitor/order.js sorts by the same things, but text in the order of the viewer's
    language; it sorts once when the page opens, and `natural` is so near to that that few rows
    move.
    """
    match column:
        case "status":
            return (row.status.order, natural(str(row.status.label)))
        case "duration":
            return (_age(row.since),)
        case "availability":
            places = list(AVAILABILITY)
            return (places.index(row.availability), natural(" ".join(map(str, row.why_not))))
        case "pending":
            return (_age(row.pending.since),) if row.pending else None
        case "interaction":
            return (_age(row.talk.since),) if row.talk else None
        case "devices":
            return (natural(row.device_order),) if row.devices else None
    text = {
        "agent": row.name,
        "team": row.team,
        "reason": row.reason,
        "queue": row.talk.queue if row.talk else "",
        "caller": row.talk.caller if row.talk else "",
    }[column]
    return (natural(str(text)),) if text else None


@lru_cache(maxsize=1 << 16)
def natural(text: str) -> str:
    """Sorts as people do: 2 before 10, whatever the case and the accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"\d+", lambda number: number[0].zfill(20), plain)


def _age(since: datetime) -> float:
    """Sorts the shortest duration first."""
    return -since.timestamp()
