"""Reading the pages: what stands in their tables, and all of them."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[str]:
    """Every file of the repository."""
    known = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(known, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).exists()]


def pages() -> list[Path]:
    """Every page of the repository."""
    return [ROOT / name for name in tracked() if name.endswith(".md")]


def table(page: str, header: str) -> list[list[str]]:
    """The rows of the page's table that begins with this header, as the texts of their cells."""
    text = (ROOT / page).read_text()
    found = re.search(
        rf"^\| {re.escape(header)} \|.*\n\|[ :|-]+\n((?:\|.*\n)+)", text, re.MULTILINE
    )
    assert found, f"{page} has no table that begins with {header}."
    return [[cell.strip() for cell in row[1:-1].split(" | ")] for row in found[1].splitlines()]


def named(cell: str) -> list[str]:
    """What stands in backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)
