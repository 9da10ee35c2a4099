"""Rows as messages carry them: each rendered once in a language, for all who see it."""

import json
from collections.abc import Iterable, Mapping

from django.utils import translation

from dashboard.rendering import render_row
from dashboard.rows import Row

Texts = dict[int, str]
"""Rows by agent, each as JSON text that goes into a message as it is."""


class Sheet:
    """The floor in one language. A row is known by its identity: the board keeps the one that it
    told last, and makes another when it changes."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._known: dict[int, tuple[Row, str, str]] = {}

    def texts(self, rows: Mapping[int, Row]) -> Texts:
        """These rows; only those that are new are rendered."""
        with translation.override(self._language):
            return {id_: self._made(row)[2] for id_, row in rows.items()}

    def html(self, row: Row) -> str:
        """The row as it stands on a page in this language, which is active: from any thread. A page
        is opened before its socket, whose snapshot has been rendered then."""
        return self._made(row)[1]

    def _made(self, row: Row) -> tuple[Row, str, str]:
        known = self._known.get(row.id)
        if known is None or known[0] is not row:
            html = render_row(row)
            self._known[row.id] = known = row, html, json.dumps(html)
        return known

    def forget(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            self._known.pop(id_, None)


class Sheets:
    """One for each language that somebody asked for."""

    def __init__(self) -> None:
        self._sheets: dict[str, Sheet] = {}

    def __getitem__(self, language: str) -> Sheet:
        return self._sheets.setdefault(language, Sheet(language))

    def forget(self, ids: Iterable[int]) -> None:
        """These agents left the floor."""
        for sheet in self._sheets.values():
            sheet.forget(ids)
