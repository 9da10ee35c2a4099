"""A page of docs/deploy/ as what it has people type."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "deploy"

_PARTS = re.compile(r"^## (?P<section>[^\n]+)$|^```sh\n(?P<commands>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """Commands that are pasted together, and the section that they stand in."""

    section: str
    commands: str


def blocks(page: Path) -> Iterator[Block]:
    """Everything to type, from top to bottom."""
    section = ""
    for part in _PARTS.finditer(page.read_text()):
        if part["section"]:
            section = part["section"]
        else:
            yield Block(section, part["commands"])
