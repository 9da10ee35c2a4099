"""The board as this process knows it: reads what changed and renders it, in one thread."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from django.db.models import Count, Sum
from django.template.loader import render_to_string
from django.utils import timezone

from dashboard import bar, links, rows
from dashboard.links import NONE, PLAIN, Lost, Mark, Marks
from dashboard.strip import Card, Strip
from dashboard.table import Lists, View
from presence.models import AgentState


@dataclass(frozen=True)
class Frame:
    """What changed: rendered rows and bars by agent, the agents that left the floor, and rendered
    cards by queue. `order` has all queues, whether they changed or not."""

    rows: dict[int, str] = field(default_factory=dict)
    bars: dict[int, str] = field(default_factory=dict)
    gone: tuple[int, ...] = ()
    cards: dict[int, str] = field(default_factory=dict)
    order: tuple[int, ...] = ()


class Board:
    """Remembers which version of each agent with which mark, and which card of each queue, it
    rendered last. Versions only grow."""

    def __init__(self) -> None:
        self._shown: dict[int, tuple[int, Mark]] = {}
        self._marks: Marks = NONE
        self._lost: tuple[Lost, ...] = ()
        self._strip = Strip()
        self._cards: dict[int, Card] = {}
        self._lists: Lists | None = None
        self._tiles = ""
        self._said: tuple[Lost, ...] = ()
        self._links = ""

    def read(
        self, ids: Set[int], watched: Set[int] = frozenset(), asked: Set[int] = frozenset()
    ) -> Frame:
        """Render those of `ids` that changed; bars of the `watched` that did, and of all `asked`;
        and the queues that changed.

        Raises `DatabaseError`, and then knows what it knew before.
        """
        found = {row.id: row for row in rows.read(ids, self._marks)} if ids else {}
        fresh = {id_: row for id_, row in found.items() if self._shown.get(id_) != _shows(row)}
        gone = tuple(id_ for id_ in ids if id_ not in found and id_ in self._shown)
        wanted = (fresh.keys() & watched) | asked
        bars = bar.read(wanted, self._marks) if wanted else {}
        cards = self._count(fresh.values(), gone)
        frame = Frame(
            rows={id_: render_row(row) for id_, row in fresh.items()},
            bars={id_: render_bar(own) for id_, own in bars.items()},
            gone=gone,
            cards={
                id_: render_card(card)
                for id_, card in cards.items()
                if card != self._cards.get(id_)
            },
            order=tuple(cards),
        )
        self._cards = cards
        self._shown |= {id_: _shows(row) for id_, row in fresh.items()}
        for id_ in gone:
            del self._shown[id_]
        return frame

    def _count(self, fresh: Iterable[rows.Row], gone: Iterable[int]) -> dict[int, Card]:
        for row in fresh:
            self._strip.put(row)
        for id_ in gone:
            self._strip.drop(id_)
        return {card.id: card for card in self._strip.read()}

    def differing(self) -> set[int]:
        """The agents whose state or mark this board does not show: a few small queries when it is
        in step."""
        return self._outdated() | self._mark()

    def _mark(self) -> set[int]:
        now, before = timezone.now(), self._marks
        self._lost = links.lost(now)
        self._marks = links.marks(now, self._lost)
        either = before.keys() | self._marks.keys()
        return {id_ for id_ in either if before.get(id_) != self._marks.get(id_)}

    def _outdated(self) -> set[int]:
        active = AgentState.objects.filter(agent__active=True)
        found = active.aggregate(sum=Sum("version"), count=Count("pk"))
        if (found["sum"] or 0, found["count"]) == (
            sum(version for version, _ in self._shown.values()),
            len(self._shown),
        ):
            return set()
        current = dict(active.values_list("pk", "version"))
        return {
            id_
            for id_ in current.keys() | self._shown.keys()
            if current.get(id_) != self._shown.get(id_, (None, PLAIN))[0]
        }

    def around(self) -> dict[str, str]:
        """What stands around the rows: tiles and filters, rendered anew only when there is
        something else to filter by, and which telephony is not connected."""
        lists = Lists.read()
        if lists != self._lists:
            self._tiles, self._lists = render_tiles(lists), lists
        if self._lost != self._said:
            self._links, self._said = render_links(self._lost), self._lost
        return {"tiles": self._tiles, "links": self._links}


def _shows(row: rows.Row) -> tuple[int, Mark]:
    return row.version, row.mark


def render_row(row: rows.Row) -> str:
    return render_to_string("dashboard/row.html", {"row": row})


def render_card(card: Card) -> str:
    return render_to_string("dashboard/card.html", {"card": card})


def render_tiles(lists: Lists) -> str:
    view = View()
    context = {"view": view, "lists": lists, "tiles": view.tiles(lists.statuses, [])}
    return render_to_string("dashboard/tiles.html", context)


def render_links(lost: tuple[Lost, ...]) -> str:
    return render_to_string("dashboard/links.html", {"lost": lost})


def render_bar(own: bar.Bar) -> str:
    return render_to_string("dashboard/bar.html", {"bar": own})
