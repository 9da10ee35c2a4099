"""What the sockets of one audience are sent: the same change, rendered once in their language."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone, translation

from dashboard.board import Around, Frame
from dashboard.rendering import render_alerts, render_card, render_links, render_tiles
from dashboard.seen import Seen
from dashboard.sheets import Sheet, Texts
from routing.sight import EVERYTHING, Sight

Content = dict[str, object]
"""The parts of a message, by what they change on the page."""

PART = 500
"""Rows in one message of a snapshot: some 1 MB. A large floor goes out as it is taken in."""


@dataclass(frozen=True)
class Audience:
    """Sockets that are told the same in the same words: those of one sight and language."""

    language: str
    sight: Sight = EVERYTHING


class Edition:
    """One audience's. `render` runs in the hub's thread, all else in the event loop's: what was
    rendered is taken there, so that a snapshot never holds half a change."""

    def __init__(self, audience: Audience, sheet: Sheet) -> None:
        self._language = audience.language
        self._seen = Seen(audience.sight)
        self._sheet = sheet
        self._shown = Around()
        self._rows: Texts = {}
        self._cards: dict[int, str] = {}
        self._around: dict[str, str] = {}
        self._whole: tuple[str, ...] = ()

    def render(self, frame: Frame) -> Content:
        """What this audience has to be told of `frame`; empty where that is nothing."""
        content: Content = {}
        frame = self._seen.frame(frame)
        with translation.override(self._language):
            if frame.rows or frame.gone:
                content["rows"] = self._sheet.texts(frame.rows)
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
        self._whole = ()

    def whole(self) -> tuple[str, ...]:
        """Everything, in messages of so many rows; the first says whose rows there are. Boards
        reconnect in hundreds: they share these texts until something changes."""
        if not self._whole:
            self._whole = tuple(self._parts())
        return self._whole

    def _parts(self) -> Iterator[str]:
        ids = list(self._rows)
        strip = {"order": list(self._cards), "cards": self._cards}
        rows = {id_: self._rows[id_] for id_ in ids[:PART]}
        yield message(rows=rows, snapshot=True, ids=ids, strip=strip, **self._around)
        for begin in range(PART, len(ids), PART):
            part = {id_: self._rows[id_] for id_ in ids[begin : begin + PART]}
            yield message(rows=part, part=True)


def message(**content: object) -> str:
    """A message to browsers; `now` (milliseconds) sets their clock. `rows` are `Texts`."""
    rows = content.pop("rows", None)
    now = round(timezone.now().timestamp() * 1000)
    text = json.dumps({"now": now, **content}, separators=(",", ":"))
    if not isinstance(rows, dict):
        return text
    told = ",".join([f'"{id_}":{row}' for id_, row in rows.items()])
    return f'{text[:-1]},"rows":{{{told}}}}}'
