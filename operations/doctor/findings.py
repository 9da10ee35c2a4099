"""What a look at an installation finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An `ERROR` stops something that people count on; a `WARNING` may, or is not as it should."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """What is so, and what to do about it; one sentence or two each, for who runs the server."""

    level: Level
    says: str
    do: str = ""


Check = Callable[[], Iterator[Finding]]
"""Looks at one thing. Its docstring says what is so where it finds nothing."""


def error(says: str, do: str) -> Finding:
    return Finding(Level.ERROR, says, do)


def warning(says: str, do: str) -> Finding:
    return Finding(Level.WARNING, says, do)


def promise(check: Check) -> str:
    return " ".join((check.__doc__ or "").split())
