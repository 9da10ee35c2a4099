"""The page shows the floor as the database has it, whatever the hub remembers."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from dashboard import floor, rows, sheets
from dashboard.links import NONE, PLAIN, Mark
from dashboard.rows import Row
from dashboard.sheets import Sheets
from dashboard.templatetags.floor import retime, since
from tests import factories

pytestmark = pytest.mark.django_db


class Remembering:
    """A hub that remembers `known`."""

    def __init__(self, known: list[Row]) -> None:
        self._known = {row.id: row for row in known}
        self._sheets = Sheets()

    def rows(self) -> dict[int, Row]:
        return self._known

    def sheet(self, language: str) -> Any:
        return self._sheets[language]


def test_a_row_that_has_changed_since_is_read_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("Ada", "Bob", "Cy", "Dee"):
        factories.make_agent(name, mode="available")
    known = {row.name: row for row in rows.read()}
    remembered = [known["Ada"], Row(**vars(known["Bob"]) | {"version": 0, "name": "old"})]
    remembered += [Row(**vars(known["Dee"]) | {"id": 99})]
    monkeypatch.setattr(floor, "hub", Remembering(remembered))
    found = {row.name: row for row in floor.read(NONE)}
    assert found == known
    assert found["Ada"] is known["Ada"]


def test_a_mark_is_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_agent("Ada", mode="available")
    (row,) = rows.read()
    monkeypatch.setattr(floor, "hub", Remembering([row]))
    (marked,) = floor.read({row.id: Mark(alert="critical")})
    assert (row.mark, marked.mark.alert) == (PLAIN, "critical")
    assert 'data-alert="critical"' in floor.texts()(marked)


def test_what_was_rendered_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_agent("Ada", mode="available")
    (row,) = rows.read()
    remembering = Remembering([row])
    monkeypatch.setattr(floor, "hub", remembering)
    remembering.sheet("es").texts({row.id: row})
    monkeypatch.setattr(sheets, "render_row", lambda _row: "anew")
    with translation.override("es"):
        assert "Disponible" in floor.texts()(row)
    with translation.override("fr"):
        assert floor.texts()(row) == "anew"


def test_what_a_page_renders_its_socket_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_agent("Ada", mode="available")
    (row,) = rows.read()
    remembering = Remembering([row])
    monkeypatch.setattr(floor, "hub", remembering)
    with translation.override("es"):
        page = floor.texts()(row)
    monkeypatch.setattr(sheets, "render_row", lambda _row: "anew")
    assert remembering.sheet("es").texts({row.id: row}) == {row.id: json.dumps(page)}


def test_a_process_without_a_hub_remembers_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    remembering = Remembering([])
    monkeypatch.setattr(floor, "hub", remembering)
    factories.make_agent("Ada", mode="available")
    (row,) = floor.read(NONE)
    assert "Available" in floor.texts()(row)
    assert not remembering.sheet("en")._known


@pytest.mark.parametrize("passed", [0, 59, 61, 119, 121, 90_000])
@pytest.mark.parametrize("limits", [(), (60,), (60, 120), (None, 120)])
def test_old_durations_are_told_as_of_now(passed: int, limits: tuple[int | None, ...]) -> None:
    began = timezone.now() - timedelta(seconds=passed, milliseconds=300)
    now = since(began, *limits)
    old = re.sub(r" data-over| data-critical-over|>[^<]*<", lambda m: ">0:00<" * ("<" in m[0]), now)
    assert retime(f"<td>{old}</td>{old}") == f"<td>{now}</td>{now}"
