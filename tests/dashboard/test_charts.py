"""Charts are drawn to scale: pieces add up to their bar, and the longest fills the drawing."""

import pytest

from dashboard import charts
from reports.sheet import Column, Line, Sheet, Unit, count
from tests.factories import at

COLUMNS = tuple(Column(code, code, Unit.COUNT, count(code)) for code in ("a", "b", "c"))


def draw(lines: tuple[Line, ...]) -> charts.Chart | None:
    sheet = Sheet(COLUMNS, lines, {}, ("a", "b"))
    return charts.draw(
        sheet, lines, lambda line: line.name, lambda line: line.name, lambda c, v: f"{c.label} {v}"
    )


def test_lying_bars_are_to_scale_and_tell_in_words_what_they_show() -> None:
    chart = draw((Line("Ada", None, {"a": 1, "b": 3, "c": 9}), Line("Bob", None, {"a": 2})))
    assert chart
    assert not chart.upright
    ada, bob = chart.bars
    room = charts.WIDTH - charts.NAMES
    assert [piece.box.width for piece in ada.pieces] == [room / 4, room * 3 / 4]
    assert ada.pieces[0].box.x + ada.pieces[0].box.width == ada.pieces[1].box.x
    assert [piece.box.width for piece in bob.pieces] == [room / 2]
    assert (ada.about, bob.about) == ("Ada: a 1, b 3", "Bob: a 2")


def test_standing_bars_are_to_scale_from_the_ground_up() -> None:
    chart = draw((Line("", at(0), {"a": 4}), Line("", at(60), {"a": 1, "b": 1}, gap=True)))
    assert chart
    assert chart.upright
    full, half = chart.bars
    ground = charts.TOP + charts.TALL
    assert (full.pieces[0].box.y, full.pieces[0].box.height) == (charts.TOP, charts.TALL)
    assert [piece.box.y for piece in half.pieces] == [
        ground - charts.TALL / 4,
        ground - charts.TALL / 2,
    ]
    assert half.gap


def test_every_series_has_a_hatch_of_its_own_beside_its_colour() -> None:
    chart = draw((Line("Ada", None, {"a": 1, "b": 1}),))
    assert chart
    assert len({series.hatch for series in chart.series}) == 2
    assert len(set(charts.HATCHES)) == len(charts.HATCHES)


def test_a_chart_of_many_names_says_how_many_it_leaves_out() -> None:
    chart = draw(tuple(Line(f"n{n}", None, {"a": 1}) for n in range(charts.MOST + 3)))
    assert chart
    assert (len(chart.bars), chart.left_out) == (charts.MOST, 3)


@pytest.mark.parametrize("lines", [(), (Line("Ada", None, {}),)])
def test_where_there_is_nothing_there_is_no_chart(lines: tuple[Line, ...]) -> None:
    assert draw(lines) is None
