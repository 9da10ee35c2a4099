"""Every link of a page leads somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.documentation.pages import ROOT, pages, tracked

_CODE = re.compile(r"^(```.*?^```|~~~.*?^~~~)|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w./-]+\.py|(?:static|deploy|tests|bench|docs|presence|routing)/[\w./-]*)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
    """The relative addresses of a page's links and images."""
    found = _LINK.findall(_CODE.sub("", page.read_text()))
    return [address for address in found if not re.match(r"[a-z]+:", address)]


@cache
def anchors(page: Path) -> set[str]:
    """The names that hosts give a page's headings: small letters, digits and hyphens."""
    heads = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S), re.M
    )
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_image_of_a_page_is_there(page: Path) -> None:
    for address in links(page):
        path, _, anchor = address.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), address
        if anchor:
            assert anchor in anchors(target), address


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / address.partition("#")[0]).resolve()
        for page in pages()
        for address in links(page)
    }
    begin = {ROOT / "README.md"}
    assert [str(page) for page in pages() if page not in linked | begin] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_of_ours_that_a_page_names_is_there(page: Path) -> None:
    files = [f"/{path}" for path in tracked()]
    for name in _FILE.findall(page.read_text()):
        inside = f"/{name.rstrip('/')}/"
        assert any(path.endswith(f"/{name}") or inside in path for path in files), name
