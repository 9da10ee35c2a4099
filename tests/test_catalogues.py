"""The catalogues say all that Rollcall says, in every language, and are compiled as they are."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
_TAG = re.compile(r"</?\w+[^>]*>")

Entry = tuple[str | None, str, str]


def _path(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def _entries(language: str) -> list[polib.POEntry]:
    return list(polib.pofile(str(_path(language))))


def _identity(entry: polib.POEntry) -> Entry:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    entries = _entries(language)
    assert len(entries) > 500
    assert [entry.msgid for entry in entries if not all(_said(entry))] == []
    assert [entry.msgid for entry in entries if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_every_form_of_its_language(language: str) -> None:
    """Where one is missing, such numbers are said in English."""
    catalogue = polib.pofile(str(_path(language)))
    forms = re.match(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])
    assert forms
    every = set(range(int(forms[1])))
    plurals = [entry for entry in catalogue if entry.msgid_plural]
    assert [one.msgid for one in plurals if one.msgstr_plural.keys() != every] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_and_tags_of_its_text(language: str) -> None:
    """And no straight quotation mark, which would end an attribute that it stands in."""
    wrong = []
    for entry in _entries(language):
        for said in _said(entry):
            sources = [entry.msgid, entry.msgid_plural or entry.msgid]
            alike = any(_parts(said) == _parts(source) for source in sources)
            quotes = '"' in _TAG.sub("", said)
            edges = {_edges(source) for source in sources}
            if not alike or quotes or _edges(said) not in edges:
                wrong.append(said)
    assert wrong == []


def _parts(text: str) -> tuple[Counter[str], Counter[str]]:
    return Counter(_PLACEHOLDER.findall(text)), Counter(_TAG.findall(text))


def _edges(text: str) -> tuple[str, str]:
    """The spaces that a piece of a sentence begins and ends with."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = polib.mofile(str(_path(language).with_suffix(".mo")))
    read = {_identity(entry): _said(entry) for entry in compiled}
    assert read == {_identity(entry): _said(entry) for entry in _entries(language)}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source whose catalogues have just been brought in line with it."""
    if shutil.which("xgettext") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no xgettext here")
    copy = tmp_path_factory.mktemp("source") / "rollcall"
    left_out = shutil.ignore_patterns(".*", "var", "tests", "bench", "docs", "__pycache__", "*.mo")
    shutil.copytree(ROOT, copy, ignore=left_out)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", *_options()], cwd=copy, check=True,
        capture_output=True,
    )  # fmt: skip
    return copy


def _options() -> list[str]:
    """As the Makefile gives them."""
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    speaking = re.search(r"^SPEAKING := (.*)$", text, re.MULTILINE)
    assert speaking
    return [*shlex.split(speaking[1]), *(f"--locale={language}" for language in LANGUAGES)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_the_texts_of_the_code_and_no_others(
    language: str, extracted: Path
) -> None:
    """`make words` brings it in line."""
    anew = {_identity(entry) for entry in polib.pofile(str(_path(language, extracted)))}
    assert {_identity(entry) for entry in _entries(language)} == anew
