"""The board as this process knows it: reads what changed, in one thread."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from django.db.models import Count, Sum
from django.utils import timezone

from dashboard import alerts, bar, links, rows
from dashboard.alerts import OpenAlert
from dashboard.bar import Bar
from dashboard.links import NONE, Lost, Mark, Marks
from dashboard.rows import Row
from dashboard.strip import Card, Strip
from dashboard.table import Lists
from notifications import box
from presence.models import AgentState


@dataclass(frozen=True)
class Around:
    """What stands around the rows: what there is to filter by, which telephony is lost, and the
    alerts that are open (None: not read yet)."""

    lists: Lists | None = None
    lost: tuple[Lost, ...] = ()
    alerts: tuple[OpenAlert, ...] | None = None


@dataclass(frozen=True)
class Frame:
    """What changed: rows and bars by agent, the agents that left the floor, and cards by queue.
    `order` has all queues, None while they stand as they stood."""

    rows: dict[int, Row] = field(default_factory=dict)
    bars: dict[int, Bar] = field(default_factory=dict)
    gone: tuple[int, ...] = ()
    cards: dict[int, Card] = field(default_factory=dict)
    order: tuple[int, ...] | None = None
    around: Around | None = None


class Board:
    """Remembers the row of each agent with its mark, and the card of each queue, as it told them
    last. Versions only grow."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._marks: Marks = NONE
        self._lost: tuple[Lost, ...] = ()
        self._alerts: tuple[OpenAlert, ...] = ()
        self._strip = Strip()
        self._cards: dict[int, Card] = {}
        self._boxes: dict[int, int] = {}

    def read(
        self, ids: Set[int], watched: Set[int] = frozenset(), asked: Set[int] = frozenset()
    ) -> Frame:
        """Those of `ids` that changed; bars of the `watched` that did, and of all `asked`; and the
        queues that changed.

        Raises `DatabaseError`, and then knows what it knew before.
        """
        found = {row.id: row for row in rows.read(ids, self._marks)} if ids else {}
        fresh = {id_: row for id_, row in found.items() if self._shows(id_) != _shows(row)}
        gone = tuple(id_ for id_ in ids if id_ not in found and id_ in self._rows)
        boxes = box.versions(ids) if ids else {}
        noticed = {id_ for id_, version in boxes.items() if version != self._boxes.get(id_)}
        wanted = ((fresh.keys() | noticed) & watched) | asked
        bars = bar.read(wanted, self._marks) if wanted else {}
        before, cards = self._cards, self._count(fresh.values(), gone)
        self._cards = cards
        self._rows |= fresh
        self._boxes |= boxes
        for id_ in gone:
            del self._rows[id_]
        changed = {id_: card for id_, card in cards.items() if card != before.get(id_)}
        moved = bool(changed) or tuple(cards) != tuple(before)
        return Frame(fresh, bars, gone, changed, tuple(cards) if moved else None)

    def rows(self) -> dict[int, Row]:
        """Every row as it was told last; from any thread."""
        return dict(self._rows)

    def everything(self) -> Frame:
        """All that this board shows, for an audience that was told nothing yet."""
        return Frame(
            rows=dict(self._rows),
            cards=self._cards,
            order=tuple(self._cards),
            around=self.around(),
        )

    def _count(self, fresh: Iterable[Row], gone: Iterable[int]) -> dict[int, Card]:
        for row in fresh:
            self._strip.put(row)
        for id_ in gone:
            self._strip.drop(id_)
        return {card.id: card for card in self._strip.read(alerts.of_queues(self._alerts))}

    def _shows(self, id_: int) -> tuple[int, Mark] | None:
        return _shows(self._rows[id_]) if id_ in self._rows else None

    def differing(self) -> set[int]:
        """The agents whose state or mark this board does not show: a few small queries when it is
        in step."""
        return self._outdated() | self._mark() | self._noticed()

    def _noticed(self) -> set[int]:
        if box.sum_of_versions() == sum(self._boxes.values()):
            return set()
        current = box.versions()
        self._boxes = {id_: known for id_, known in self._boxes.items() if id_ in current}
        return {id_ for id_, version in current.items() if version != self._boxes.get(id_)}

    def _mark(self) -> set[int]:
        now, before = timezone.now(), self._marks
        self._lost = links.lost(now)
        self._alerts = alerts.read()
        self._marks = alerts.marked(links.marks(now, self._lost), self._alerts)
        either = before.keys() | self._marks.keys()
        return {id_ for id_ in either if before.get(id_) != self._marks.get(id_)}

    def _outdated(self) -> set[int]:
        active = AgentState.objects.filter(agent__active=True)
        found = active.aggregate(sum=Sum("version"), count=Count("pk"))
        if (found["sum"] or 0, found["count"]) == (
            sum(row.version for row in self._rows.values()),
            len(self._rows),
        ):
            return set()
        current = dict(active.values_list("pk", "version"))
        return {
            id_
            for id_ in current.keys() | self._rows.keys()
            if current.get(id_) != (self._rows[id_].version if id_ in self._rows else None)
        }

    def around(self) -> Around:
        return Around(Lists.read(), self._lost, self._alerts)


def _shows(row: Row) -> tuple[int, Mark]:
    return row.version, row.mark
