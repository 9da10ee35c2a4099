"""What the screens of one wallboard are sent: counts and queues, never a name or a caller."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from dashboard.board import Around, Frame
from dashboard.editions import Content, message
from dashboard.rows import Look
from dashboard.seen import Seen
from dashboard.strip import Card
from dashboard.wall_alerts import WallAlert, shown
from dashboard.wallboards import Wall
from routing.sight import EVERYTHING

MOST_ALERTS = 3
"""So many are told; of the others, how many there are."""


@dataclass(frozen=True)
class Tile:
    """How many of the board's agents are in a status."""

    look: Look
    count: int


class ScreenEdition:
    """One wall's. As an `Edition`, it is rendered in the hub's thread and taken in the event
    loop's. Parts go by the id of their element; `order` has the queues as they stand."""

    def __init__(self, wall: Wall) -> None:
        self._wall = wall
        self._seen = Seen(wall.sight)
        self._people: dict[int, str] = {}
        self._around = Around()
        self._tiles: tuple[Tile, ...] | None = None
        self._alerts: tuple[WallAlert, ...] | None = None
        self._queues: tuple[int, ...] | None = None
        self._parts: dict[str, str] = {}
        self._order: tuple[int, ...] = ()
        self._whole: tuple[str, ...] = ()

    def render(self, frame: Frame) -> Content:
        """What these screens have to be told of `frame`; empty where that is nothing."""
        frame = self._seen.frame(frame)
        with translation.override(self._wall.language):
            parts = self._render_around(frame.around)
            parts |= self._render_tiles(frame) | self._render_alerts()
            for id_, card in frame.cards.items():
                if self._wall.has_queue(id_):
                    parts[_element(id_)] = render_queue(card)
        wall: Content = {"parts": parts} if parts else {}
        if frame.order is not None:
            before, self._queues = self._queues, tuple(filter(self._wall.has_queue, frame.order))
            if before != self._queues:
                wall["order"] = self._queues
        return {"wall": wall} if wall else {}

    def _render_around(self, around: Around | None) -> dict[str, str]:
        if around is None:
            return {}
        before, self._around = self._around, around
        first = self._tiles is None
        if around.lost == before.lost and not first:
            return {}
        return {"links": render_to_string("dashboard/wall_links.html", {"lost": around.lost})}

    def _render_tiles(self, frame: Frame) -> dict[str, str]:
        for id_, row in frame.rows.items():
            if self._wall.has_team(row.team_id):
                self._people[id_] = row.status.code
            else:
                self._people.pop(id_, None)
        for id_ in frame.gone:
            self._people.pop(id_, None)
        counts = Counter(self._people.values())
        looks = self._around.lists.statuses if self._around.lists else ()
        before, self._tiles = self._tiles, tuple(Tile(look, counts[look.code]) for look in looks)
        if before == self._tiles:
            return {}
        return {"tiles": render_to_string("dashboard/wall_tiles.html", {"tiles": self._tiles})}

    def _render_alerts(self) -> dict[str, str]:
        before = self._alerts
        self._alerts = shown(self._around.alerts or (), self._wall, self._people)
        if before == self._alerts:
            return {}
        told = {"alerts": self._alerts[:MOST_ALERTS], "more": len(self._alerts[MOST_ALERTS:])}
        return {"alerts": render_to_string("dashboard/wall_alerts.html", told)}

    def take(self, content: Content) -> None:
        """Remember it for those who come later."""
        match content:
            case {"wall": {"parts": dict(parts)}}:
                self._parts |= parts
        match content:
            case {"wall": {"order": tuple(order)}}:
                for id_ in set(self._order) - set(order):
                    self._parts.pop(_element(id_), None)
                self._order = order
        self._whole = ()

    def whole(self) -> tuple[str, ...]:
        """Everything, in one message. `page` tells an open page whether it is out of date."""
        if not self._whole:
            wall = {"parts": self._parts, "order": self._order}
            self._whole = (message(snapshot=True, page=page_of(self._wall), wall=wall),)
        return self._whole

    @property
    def shown(self) -> tuple[dict[str, str], list[str]]:
        """The parts around the queues, by their ids, and the queues in order: for a page."""
        queues = [self._parts[_element(id_)] for id_ in self._order]
        return {name: self._parts[name] for name in ("links", "alerts", "tiles")}, queues


def _element(queue_id: int) -> str:
    return f"queue-{queue_id}"


def render_queue(card: Card) -> str:
    return render_to_string("dashboard/wall_queue.html", {"card": card})


def page_of(wall: Wall) -> str:
    """Differs where a page of this wall would differ, but for its figures: by what the wall is set
    to show, or because Rollcall was upgraded."""
    seen = sorted(wall.sight.teams), sorted(wall.sight.queues)  # sets have no order of their own
    shown = f"{replace(wall, sight=EVERYTHING)} {wall.sight.limited} {seen} {_release()}"
    return hashlib.sha256(shown.encode()).hexdigest()


@cache
def _release() -> str:
    """Changes with what a page is made of."""
    folders = (settings.BASE_DIR / "static", settings.BASE_DIR / "templates" / "dashboard")
    files: list[Path] = sorted(path for folder in folders for path in folder.glob("*.*"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
