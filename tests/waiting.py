"""Waiting for what other threads and processes do, who say no other way how far they are."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0
_LONGEST_PAUSE = 0.05


def until(ask: Callable[[], T], explain: Callable[[], str] = str, patience: float = PATIENCE) -> T:
    """What `ask` gives once it gives something: asked again and again, at first soon, for so many
    seconds. Raises `AssertionError`, with an explanation."""
    deadline = time.monotonic() + patience
    pause = 0.005
    while not (answer := ask()):
        assert time.monotonic() < deadline, explain()
        threading.Event().wait(pause)
        pause = min(1.5 * pause, _LONGEST_PAUSE)
    return answer
