"""Letting sockets in: when everybody comes back at once, those who are in must not wait for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

MOST = 0.02
"""Seconds. One that took long because the process was busy holds the next up for no longer."""
CROWD = 10
"""As many who wait at once make a crowd."""
LULL = 0.1
"""Seconds in which nobody came: then all of a crowd are in."""
PATIENCE = 2.0
"""Seconds that one of a crowd waits for the others."""


class Admission:
    """One comes in after the other, and the process has as long for its other work as each took.
    A crowd is let in first and served then: threads that serve take the processor from the one
    that lets in, and changes wait for both."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._came_at = 0.0
        self._calm = asyncio.Event()
        self._calm.set()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn, and come in."""
        self._waiting += 1
        self._came_at = time.monotonic()
        if self._waiting == CROWD and self._calm.is_set():
            self._calm.clear()
            self._look_again()
        try:
            async with self._turn:
                began = time.perf_counter()
                yield
                await asyncio.sleep(min(time.perf_counter() - began, MOST))
        finally:
            self._waiting -= 1

    async def calm(self) -> None:
        """Wait until the crowd that one came with is in, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._calm.wait()

    def _look_again(self) -> None:
        asyncio.get_running_loop().call_later(LULL, self._look)

    def _look(self) -> None:
        if self._waiting or time.monotonic() - self._came_at < LULL:
            self._look_again()
        else:
            self._calm.set()
