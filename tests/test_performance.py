"""docs/performance.md and docs/scaling.md say what the benchmarks measured, and nothing that one
could forget to change."""

import pytest
from jinja2 import UndefinedError

from bench.all import SHORT, benchmarks
from bench.report import PERFORMANCE, found, pages


def test_the_pages_are_what_the_report_makes_of_what_was_measured() -> None:
    for page, text in pages(found()).items():
        assert page.read_text() == text, "run python -m bench.report"


def test_a_figure_that_was_measured_anew_is_on_the_page() -> None:
    measured = found()
    measured["reserve"]["limit"] = 98_765.4
    assert "| 98,765.4 |" in pages(measured)[PERFORMANCE]


def test_a_benchmark_that_the_page_has_no_words_for_is_on_it_all_the_same() -> None:
    measured = found() | {"new": [{"way": "ours", "rate": 1234.5}, {"way": "theirs", "rate": 0.5}]}
    assert pages(measured)[PERFORMANCE].endswith(
        "## New\n\n| way | rate |\n| --: | --: |\n| ours | 1,234 |\n| theirs | 0.50 |\n"
    )


def test_what_the_page_speaks_of_has_to_be_measured() -> None:
    measured = found()
    del measured["crowd"]
    with pytest.raises(UndefinedError, match="crowd"):
        pages(measured)


def test_every_benchmark_is_run_with_the_others() -> None:
    assert found().keys() | SHORT.keys() <= {*benchmarks()}
