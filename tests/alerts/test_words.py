"""Alerts in the language of whoever reads them."""

import pytest
from django.utils import translation

from alerts.kinds import Kind
from alerts.words import sentence

BREAK = {"status": "on_break", "label": "On Break", "built_in": True, "reason": "Lunch"}


@pytest.mark.parametrize(
    ("language", "about", "said"),
    [
        ("en", BREAK, "On Break"),
        ("es", BREAK, "En descanso"),
        ("es", BREAK | {"label": "Recess"}, "Recess"),
        ("es", BREAK | {"built_in": False}, "On Break"),
        ("es", {}, ""),
    ],
)
def test_a_built_in_status_is_told_in_the_readers_language(
    language: str, about: dict[str, object], said: str
) -> None:
    with translation.override(language):
        assert sentence(Kind.LONG_STATUS, about).startswith(said)
