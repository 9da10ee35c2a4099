"""A row is rendered once in a language, whoever sees it."""

import json
from dataclasses import replace

import pytest

from dashboard import rows, sheets
from dashboard.rendering import render_row
from dashboard.rows import Row
from dashboard.sheets import Sheets
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_row_is_rendered_once_in_each_language_until_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factories.make_agent("Ada", mode="available")
    (row,) = rows.read()
    rendered: list[Row] = []

    def render(row: Row) -> str:
        rendered.append(row)
        return render_row(row)

    monkeypatch.setattr(sheets, "render_row", render)
    sheet = Sheets()
    english = sheet["en"].texts({row.id: row})
    assert sheet["en"].texts({row.id: row}) == english
    assert "Disponible" in json.loads(sheet["es"].texts({row.id: row})[row.id])
    assert rendered == [row, row]
    changed = replace(row, name="Ada L.")
    assert "Ada L." in json.loads(sheet["en"].texts({row.id: changed})[row.id])
