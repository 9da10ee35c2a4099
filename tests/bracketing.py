"""A pretend language in which every translated text stands in brackets, and what of a page does
not."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

OPEN, CLOSE = "⟦", "⟧"
_SPOKEN = {"title", "aria-label", "placeholder", "alt", "aria-description"}
_UNSEEN = {"script", "style"}
_DJANGOS = {"data-inline-formset"}  # its words, in JSON
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_PHRASE = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+ [A-Za-zÀ-ÿ]{2,}")


def bracket(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}" if text else text


def speak_brackets(patch: pytest.MonkeyPatch) -> None:
    """Have every text that anybody asks a translation of come in brackets."""

    def one(text: str) -> str:
        return bracket(str(text))

    def many(singular: str, plural: str, number: Any) -> str:
        return bracket(singular if number == 1 else plural)

    speakers = {
        "gettext": one,
        "ngettext": many,
        "pgettext": lambda _context, text: one(text),
        "npgettext": lambda _context, *of_many: many(*of_many),
    }
    for name, speaker in speakers.items():
        patch.setattr(f"django.utils.translation._trans.{name}", speaker)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0
        self._proper = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        named = dict(attrs)
        if named.get("translate") == "no":  # proper names, until this tag ends
            self._proper = tag
        is_button = tag == "input" and named.get("type") in {"submit", "button", "reset"}
        for name, value in attrs:
            if not value:
                continue
            if (
                name in _SPOKEN
                or (name == "value" and is_button)
                or (
                    name not in _DJANGOS
                    and name.startswith("data-")
                    and _PHRASE.search(_outside(value))
                )
            ):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag == self._proper:
            self._proper = ""

    def handle_data(self, data: str) -> None:
        if not self._unseen and not self._proper and data.strip():
            self.found.append(data)


def _outside(text: str) -> str:
    """What stands in no bracket; brackets may stand in brackets."""
    inner = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
    while inner.search(text):
        text = inner.sub("", text)
    return text


def _says(value: str) -> bool:
    return bool(_PHRASE.search(_outside(value)))


def _texts(html: str) -> Iterator[str]:
    reader = _Reader()
    # A text may hold a tag: its brackets are matched over the whole page, tags kept apart.
    reader.feed(html)
    yield from reader.found


def untranslated(html: str, data: set[str]) -> list[str]:
    """The texts of a page with words that are in no bracket and none of `data`."""
    depth, found = 0, []
    for text in _texts(html):
        kept = ""
        for letter in text:
            depth += letter == OPEN
            kept += "" if depth else letter
            depth -= letter == CLOSE
        if set(_WORD.findall(kept)) - data:
            found.append(" ".join(text.split()))
    return found
