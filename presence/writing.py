"""One way into the database for writers."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


class FairLock:
    """A lock that is handed on in the order in which it was asked for.

    SQLite has one writer at a time and lets the waiting ones fight for it, which starves some for
    seconds; in a queue the wait is the sum of the short writes before.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


_sqlite_writers = FairLock()
_here = threading.local()


@contextmanager
def write() -> Iterator[None]:
    """A transaction; inside another `write`, a part of it: what fails in the part fails the whole,
    and no savepoint is paid for."""
    if getattr(_here, "writing", False):
        with transaction.atomic(savepoint=False):
            yield
        return
    with _turn():
        _here.writing = True
        try:
            with transaction.atomic():
                yield
        finally:
            _here.writing = False


@contextmanager
def _turn() -> Iterator[None]:
    if connection.in_atomic_block or connection.vendor != "sqlite":
        yield
        return
    _sqlite_writers.acquire()
    try:
        yield
    finally:
        _sqlite_writers.release()
