"""What each part of a cluster takes of the processors: all are this process's children, and it is
the load."""

import os
from collections import defaultdict
from pathlib import Path

from bench.watching import cpu

LOAD = "the load"
PARTS = {
    "uvicorn": "web",
    "run_clock": "clock",
    "run_connectors": "connectors",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "nginx": "nginx",
}
"""By a word of the command."""


def spent() -> dict[str, float]:
    """Seconds of processor time until now, by part."""
    found: defaultdict[str, float] = defaultdict(float)
    for pid in _family():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_text()
            found[_part(words)] += cpu(pid)
        except (FileNotFoundError, ProcessLookupError):
            pass  # it has ended meanwhile
    return found


def _part(words: str) -> str:
    return next((name for word, name in PARTS.items() if word in words), LOAD)


def _family() -> set[int]:
    """This process, its children and theirs."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(folder.name)] = int(fields[1])
    family, new = {os.getpid()}, {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        family |= new
    return family
