"""Moments and numbers as each language writes them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.formats import date_format, get_format, number_format

MOMENT = datetime(2026, 3, 2, 21, 5, 7, tzinfo=UTC)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize(
    ("language", "date", "moment", "number"),
    [
        ("en", "2 Mar 2026", "2 Mar 2026, 21:05:07", "1234.5"),
        ("es", "2 mar 2026", "2 mar 2026, 21:05:07", "1234,5"),
        ("fr", "2 mars 2026", "2 mars 2026, 21:05:07", "1234,5"),
    ],
)
def test_moments_and_numbers_are_written_as_the_language_does(
    language: str, date: str, moment: str, number: str
) -> None:
    with translation.override(language), timezone.override(UTC):
        assert date_format(MOMENT) == date
        assert date_format(MOMENT, "TIME_FORMAT") == "21:05"
        assert date_format(MOMENT, "DATETIME_FORMAT") == moment
        assert number_format(1234.5, 1) == number


@pytest.mark.parametrize("language", LANGUAGES)
def test_weeks_begin_on_monday(language: str) -> None:
    with translation.override(language):
        assert get_format("FIRST_DAY_OF_WEEK") == 1


@pytest.mark.parametrize(
    ("language", "text"), [("en", "2d 03:04"), ("es", "2 d 03:04"), ("fr", "2 j 03:04")]
)
def test_a_duration_of_days_says_so_in_the_language(language: str, text: str) -> None:
    template = Template("{% load floor %}{{ seconds|duration }}")
    with translation.override(language):
        seconds = 2 * 86_400 + 3 * 3_600 + 4 * 60
        assert template.render(Context({"seconds": seconds})) == text
        assert template.render(Context({"seconds": 3_723})) == "1:02:03"


@pytest.mark.parametrize(
    ("seconds", "english", "spanish"),
    [
        (59, "just now", "ahora mismo"),
        (1044, "17 min ago", "hace 17 min"),
        (87_000, "1 d ago", "hace 1 d"),
        (11_000, "3 h ago", "hace 3 h"),
    ],
)
def test_an_age_does_not_read_like_a_time_of_day(seconds: int, english: str, spanish: str) -> None:
    template = Template("{% load floor %}{% ago moment %}")
    context = Context({"moment": timezone.now() - timedelta(seconds=seconds)})
    for language, text in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert f">{text}</time>" in template.render(context)
