"""What is seen of the board by those whose sight is limited: rows, counts, queues and alerts."""

from collections.abc import Iterable

from alerts.subjects import parts
from dashboard.alerts import OpenAlert
from dashboard.board import Around, Frame
from dashboard.rows import Row
from dashboard.strip import Card, Crews, in_order
from dashboard.table import Lists
from routing.sight import Sight


class Seen:
    """Remembers what it let through, so that what leaves their sight is gone at once, and what
    comes into it is there. A frame passes as it is where nothing is limited."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._rows: dict[int, Row] = {}
        self._crews = Crews()
        self._all: dict[int, Card] = {}
        self._cards: dict[int, Card] = {}
        self._around: Around | None = None

    def frame(self, frame: Frame) -> Frame:
        """As much of `frame` as is seen, and what changes with it. Bars are left out."""
        if not self._sight.limited:
            return frame
        rows, gone = self._people(frame)
        queues = self._queues()
        cards, order = self._count(frame, queues)
        self._around = frame.around or self._around
        moved = bool(frame.around or rows or gone)
        around = self._seen_around(queues) if moved else None
        return Frame(rows, {}, gone, cards, order, around)

    def _people(self, frame: Frame) -> tuple[dict[int, Row], tuple[int, ...]]:
        rows = {id_: row for id_, row in frame.rows.items() if self._sees(row)}
        left = [id_ for id_ in frame.rows if id_ not in rows]
        gone = tuple(id_ for id_ in (*frame.gone, *left) if id_ in self._rows)
        for id_ in gone:
            del self._rows[id_]
            self._crews.drop(id_)
        for row in rows.values():
            self._crews.put(row)
        self._rows |= rows
        return rows, gone

    def _sees(self, row: Row) -> bool:
        return self._sight.has_agent(row.team_id, (queue.id for queue in row.queues))

    def _queues(self) -> frozenset[int]:
        theirs = (row for row in self._rows.values() if row.team_id in self._sight.teams)
        return self._sight.queues.union(queue.id for row in theirs for queue in row.queues)

    def _count(
        self, frame: Frame, queues: frozenset[int]
    ) -> tuple[dict[int, Card], tuple[int, ...] | None]:
        """The cards that changed, each with the agents who are seen, and all in order."""
        self._all |= frame.cards
        if frame.order is not None:
            self._all = {id_: self._all[id_] for id_ in frame.order}
        found = in_order(
            card.with_people(self._crews[id_]) for id_, card in self._all.items() if id_ in queues
        )
        before, self._cards = self._cards, {card.id: card for card in found}
        changed = {id_: card for id_, card in self._cards.items() if card != before.get(id_)}
        order = tuple(self._cards)
        return changed, order if changed or order != tuple(before) else None

    def _seen_around(self, queues: frozenset[int]) -> Around | None:
        around = self._around
        if around is None:
            return None
        lists = self._named(around.lists, queues) if around.lists else None
        alerts = tuple(self._about(around.alerts, queues)) if around.alerts is not None else None
        return Around(lists, around.lost, alerts)

    def _named(self, lists: Lists, queues: frozenset[int]) -> Lists:
        teams = self._sight.teams.union(
            row.team_id for row in self._rows.values() if row.team_id is not None
        )
        return Lists(
            lists.statuses,
            tuple(pair for pair in lists.teams if pair[0] in teams),
            tuple(pair for pair in lists.queues if pair[0] in queues),
        )

    def _about(self, alerts: Iterable[OpenAlert], queues: frozenset[int]) -> Iterable[OpenAlert]:
        for alert in alerts:
            kind, key = parts(alert.subject)
            seen = {"agent": key in self._rows, "queue": key in queues}
            if seen.get(kind, kind != "team" or self._sight.has_team(key)):
                yield alert
