"""docs/third-party.md gives everybody whose work Rollcall runs with their due."""

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution, metadata
from pathlib import Path

import pytest

from tests.documentation.pages import ROOT, named, table

ROWS = {row[0]: row for row in table("docs/third-party.md", "part")}
LOCKED = dict(re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements/run.txt").read_text(), re.M))
FRONT = table("docs/third-party.md", "file")


def licences(part: PackageMetadata) -> str:
    """Everything that a part's own metadata says of its licence."""
    return " ".join((part.get_all("License") or []) + (part.get_all("Classifier") or []))


def test_every_part_is_named_once_with_the_version_that_is_installed() -> None:
    assert {name: row[1] for name, row in ROWS.items()} == LOCKED


@pytest.mark.parametrize("name", LOCKED)
def test_every_part_s_licence_is_what_its_makers_say(name: str) -> None:
    try:
        part = metadata(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is for other machines")
    said = ROWS[name][2]
    if exact := part.get_all("License-Expression"):
        assert [said] == exact
    else:
        for family in re.findall(r"(MIT|BSD|Apache)", said):
            assert family in licences(part)


def test_every_part_says_what_it_is_for() -> None:
    assert [name for name, row in ROWS.items() if not row[3]] == []


@pytest.mark.parametrize("row", FRONT, ids=lambda row: row[0])
def test_what_comes_in_a_part_for_browsers_is_of_the_version_that_is_told(row: list[str]) -> None:
    file, version, _licence, comes_in, place = row
    assert comes_in in ROWS
    (path,) = named(place)
    assert version in Path(str(distribution(comes_in).locate_file(path))).read_text(), file


def test_nothing_in_static_was_made_by_others() -> None:
    for path in (ROOT / "static").rglob("*"):
        if path.is_file():
            assert not re.search(r"@licen[cs]e|copyright|\(c\) ", path.read_text(), re.I), path
