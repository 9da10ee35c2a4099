"""One socket's outgoing messages: bounded, so that a watcher who stops reading delays nobody."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

LIMIT = 64
"""Messages that may wait; about six seconds of a busy floor."""

TOO_SLOW = 4408

_GONE = (OSError, RuntimeError)  # what servers raise on a socket that has closed meanwhile

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outbox:
    """Sends in order through `send` (ASGI), one message at a time, from a task of its own."""

    def __init__(self, send: Send) -> None:
        self.served = False
        self._send = send
        self._waiting: deque[str] = deque()
        self._some = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    def put(self, text: str) -> bool:
        """Queue a message. False when the socket is too slow and its outbox is full."""
        if len(self._waiting) >= LIMIT:
            return False
        self.served = True
        self._waiting.append(text)
        self._some.set()
        return True

    def close(self, code: int) -> None:
        """Drop what waits and close the socket; its browser comes back and gets a snapshot."""
        self._writer.cancel()
        self._writer = asyncio.create_task(self._end(code))

    def discard(self) -> None:
        """The socket is gone."""
        self._writer.cancel()

    async def _write(self) -> None:
        with suppress(*_GONE):
            while True:
                await self._some.wait()
                self._some.clear()
                while self._waiting:
                    await self._send({"type": "websocket.send", "text": self._waiting.popleft()})

    async def _end(self, code: int) -> None:
        with suppress(*_GONE):
            await self._send({"type": "websocket.close", "code": code})
