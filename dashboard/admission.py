"""Letting sockets in: when everybody comes back at once, those who are in must not wait for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST = 0.02
"""Seconds. One that took long because the process was busy holds the next up for no longer."""


class Admission:
    """One comes in after the other, and the process has as long for its other work as each took."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn, and come in."""
        async with self._turn:
            began = time.perf_counter()
            yield
            await asyncio.sleep(min(time.perf_counter() - began, MOST))
