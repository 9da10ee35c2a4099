"""What the sockets of one audience are sent: the same change, rendered once in their language."""

import json
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone, translation

from dashboard import bar
from dashboard.alerts import OpenAlert
from dashboard.board import Around, Frame
from dashboard.links import Lost
from dashboard.rows import Row
from dashboard.strip import Card
from dashboard.table import Lists, View

Content = dict[str, object]
"""The parts of a message, by what they change on the page."""


@dataclass(frozen=True)
class Audience:
    """Sockets that are told the same in the same words."""

    language: str


class Edition:
    """One audience's. `render` runs in the hub's thread, all else in the event loop's: what was
    rendered is taken there, so that a snapshot never holds half a change."""

    def __init__(self, audience: Audience) -> None:
        self._language = audience.language
        self._shown = Around()
        self._rows: dict[int, str] = {}
        self._cards: dict[int, str] = {}
        self._around: dict[str, str] = {}
        self._whole: str | None = None

    def render(self, frame: Frame) -> Content:
        """What this audience has to be told of `frame`; empty where that is nothing."""
        content: Content = {}
        with translation.override(self._language):
            if frame.rows or frame.gone:
                content["rows"] = {id_: render_row(row) for id_, row in frame.rows.items()}
                content["gone"] = frame.gone
            if frame.cards or frame.order is not None:
                cards = {id_: render_card(card) for id_, card in frame.cards.items()}
                content["strip"] = {"order": frame.order, "cards": cards}
            if frame.around:
                content |= self._arrange(frame.around)
        return content

    def _arrange(self, around: Around) -> Content:
        before, self._shown = self._shown, around
        found: Content = {}
        if around.lists and around.lists != before.lists:
            found["tiles"] = render_tiles(around.lists)
        if around.lost != before.lost:
            found["links"] = render_links(around.lost)
        if around.alerts is not None and around.alerts != before.alerts:
            found["alerts"] = render_alerts(around.alerts)
        return found

    def take(self, content: Content) -> None:
        """Remember it for those who come later."""
        for name, part in content.items():
            match name, part:
                case "rows", dict():
                    self._rows |= part
                case "gone", tuple():
                    for id_ in part:
                        self._rows.pop(id_, None)
                case "strip", {"order": order, "cards": changed}:
                    cards = self._cards | changed
                    self._cards = {id_: cards[id_] for id_ in order}
                case _, str():
                    self._around[name] = part
        self._whole = None

    def whole(self) -> str:
        """Everything, in one message. Reconnecting boards come in hundreds: they share one text
        until something changes."""
        if self._whole is None:
            strip = {"order": list(self._cards), "cards": self._cards}
            self._whole = message(snapshot=True, rows=self._rows, strip=strip, **self._around)
        return self._whole


def message(**content: object) -> str:
    """A message to browsers; `now` (milliseconds) sets their clock."""
    now = round(timezone.now().timestamp() * 1000)
    return json.dumps({"now": now, **content}, separators=(",", ":"))


def render_row(row: Row) -> str:
    return render_to_string("dashboard/row.html", {"row": row})


def render_card(card: Card) -> str:
    return render_to_string("dashboard/card.html", {"card": card})


def render_tiles(lists: Lists) -> str:
    view = View()
    context = {"tiles": view.tiles(lists.statuses, []), "facets": view.facets(lists)}
    return render_to_string("dashboard/lists.html", context)


def render_links(lost: tuple[Lost, ...]) -> str:
    return render_to_string("dashboard/links.html", {"lost": lost})


def render_alerts(alerts: tuple[OpenAlert, ...]) -> str:
    return render_to_string("dashboard/alerts.html", {"alerts": alerts})


def render_bar(own: bar.Bar) -> str:
    return render_to_string("dashboard/bar.html", {"bar": own})
