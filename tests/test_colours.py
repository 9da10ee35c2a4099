"""Every text and sign stands out from what is behind it, in both themes; and no two statuses look
alike to anybody."""

from itertools import combinations

import pytest

from presence.catalogue import CATALOGUE
from presence.models.looks import Colour
from tests.stylesheet import DARK, EYES, LIGHT, contrast, difference

THEMES = {"light": LIGHT, "dark": DARK}
TEXT, SIGN = 4.5, 3.0
"""What WCAG 2.2 asks of text, and of what is no text but has to be seen (1.4.3, 1.4.11)."""
AT_A_GLANCE = 10.0
"""ΔE."""

BEHIND = ("page", "sheet", "raised", "hover", "picked")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", Colour.values)
def test_a_status_reads_on_its_chip_and_its_sign_is_seen_anywhere(theme: str, name: str) -> None:
    behind, colours = THEMES[theme]
    chip = colours[name]
    assert contrast(chip["ink"], chip["tint"]) >= TEXT
    for ground in BEHIND:
        assert contrast(chip["dot"], behind[ground]) >= SIGN, ground
    assert contrast(chip["ink"], behind["raised"]) >= TEXT  # in the menu


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["text", "soft", "faint", "accent", "alarm", "warn"])
def test_text_reads_on_every_ground(theme: str, ink: str) -> None:
    colours, _chips = THEMES[theme]
    for ground in BEHIND:
        assert contrast(colours[ink], colours[ground]) >= TEXT, ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("alarm", "alarm-tint"),
        ("warn", "warn-tint"),
        ("on-accent", "accent"),
        ("text", "flash"),
        ("text", "alarm-tint"),
        ("text", "warn-tint"),
    ],
)
def test_what_calls_for_attention_reads(theme: str, ink: str, ground: str) -> None:
    colours, _chips = THEMES[theme]
    assert contrast(colours[ink], colours[ground]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_the_edge_of_a_field_and_the_focus_are_seen(theme: str) -> None:
    colours, _chips = THEMES[theme]
    for ground in ("page", "sheet", "raised"):
        assert contrast(colours["edge"], colours[ground]) >= SIGN, ground
        assert contrast(colours["accent"], colours[ground]) >= SIGN, ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
def test_two_colours_differ_at_a_glance_for_all_eyes(theme: str, eyes: str) -> None:
    _behind, colours = THEMES[theme]
    for one, other in combinations(colours, 2):
        apart = difference(colours[one]["dot"], colours[other]["dot"], eyes)
        assert apart >= AT_A_GLANCE, (one, other)


def test_two_statuses_of_one_colour_have_icons_of_their_own() -> None:
    looks = [(status.colour, status.icon) for status in CATALOGUE]
    assert len(set(looks)) == len(looks)


def test_every_colour_that_admins_may_choose_is_in_both_themes() -> None:
    for _behind, colours in THEMES.values():
        assert colours.keys() == set(Colour.values)
        assert all(chip.keys() == {"ink", "tint", "dot"} for chip in colours.values())


def test_the_same_properties_are_in_both_themes() -> None:
    assert LIGHT[0].keys() == DARK[0].keys()


def test_a_contrast_is_computed_as_the_standard_does() -> None:
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert difference("#fff", "#000", "all cones") == pytest.approx(100, abs=0.1)
    assert difference("#f00", "#080", "no green cones") < difference("#f00", "#080", "all cones")
