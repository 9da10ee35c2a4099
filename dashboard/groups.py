"""The monitor's rows in groups, by team, queue or status, with what each group counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.rows import Look, Row
from dashboard.table import Lists, View
from presence.models.catalogue import Workforce
from presence.words import lazily as _
from routing.staffing import counts_as

NONE = {"team": _("No team"), "queue": _("No queue")}
"""Where those stand who are in none."""


@dataclass(frozen=True)
class Tally:
    """How many of a group's shown agents count as what."""

    agents: int = 0
    ready: int = 0
    engaged: int = 0
    withdrawn: int = 0
    absent: int = 0


@dataclass(frozen=True)
class Group:
    """Rows that stand together, each with whether it is shown. `key` is empty for those in no team
    or queue, and where there are no groups; then there is no label either."""

    key: str
    label: str
    look: Look | None
    tally: Tally
    rows: list[tuple[Row, bool]]


def grouped(view: View, rows: Iterable[Row], lists: Lists) -> list[Group]:
    """`rows`, which are in order, in the groups that `view` asks for. Who serves several queues
    stands in each of them. static/monitor/groups.js does the same."""
    members: defaultdict[str, list[tuple[Row, bool]]] = defaultdict(list)
    for row in rows:
        for key in keys(view.group, row):
            members[key].append((row, view.shows(row)))
    if not view.group:
        return [Group("", "", None, Tally(), members[""])]
    looks = {look.code: look for look in lists.statuses}
    return [
        Group(key, label, looks.get(key), tally(members[key], key), members[key])
        for key, label in _labels(view, lists)
        if members[key]
    ]


def keys(group: str, row: Row) -> list[str]:
    """The groups that the row stands in."""
    match group:
        case "team":
            return [str(row.team_id or "")]
        case "status":
            return [row.status.code]
        case "queue":
            return [str(queue.id) for queue in row.queues] or [""]
    return [""]


def _labels(view: View, lists: Lists) -> list[tuple[str, str]]:
    if view.group == "status":
        looks = sorted(lists.statuses, key=lambda look: look.code != view.top)
        return [(look.code, look.label) for look in looks]
    named = lists.teams if view.group == "team" else lists.queues
    return [*((str(pk), name) for pk, name in named), ("", NONE[view.group])]


def tally(rows: Iterable[tuple[Row, bool]], queue: str) -> Tally:
    """What the shown rows count as; who opted out of `queue` is at most withdrawn."""
    counts = Counter(_kind(row, queue) for row, shown in rows if shown)
    return Tally(
        agents=counts.total(),
        ready=counts[Workforce.READY],
        engaged=counts[Workforce.ENGAGED],
        withdrawn=counts[Workforce.WITHDRAWN],
        absent=counts[Workforce.ABSENT],
    )


def _kind(row: Row, queue: str) -> Workforce:
    out = any(one.opted_out and str(one.id) == queue for one in row.queues)
    ready = row.availability == "available"
    return counts_as(row.workforce, may_receive=ready, opted_out=out)
