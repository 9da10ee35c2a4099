"""One socket's outgoing messages: bounded, so that a watcher who stops reading delays nobody."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from dashboard.wire import Wire

LIMIT = 64
"""Messages that may wait; about six seconds of a busy floor."""

TOO_SLOW = 4408

_GONE = (OSError, RuntimeError)  # what servers raise on a socket that has closed meanwhile

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outbox:
    """Sends in order: by `wire` where the server has one, as soon as the socket takes it; else
    through `send` (ASGI), one message at a time, from a task of its own."""

    def __init__(self, send: Send, wire: Wire | None = None) -> None:
        self.served = False
        self._send = send
        self._wire = wire
        self._waiting: deque[str] = deque()
        self._task: asyncio.Task[None] | None = None
        if wire:
            wire.drained = self._write_all

    def put(self, text: str) -> bool:
        """Queue a message. False when the socket is too slow and its outbox is full."""
        if len(self._waiting) >= LIMIT:
            return False
        self.served = True
        self._waiting.append(text)
        if self._wire:
            self._write_all()
        elif self._task is None:
            self._task = asyncio.create_task(self._send_all())
        return True

    def close(self, code: int) -> None:
        """Drop what waits and close the socket; its browser comes back and gets a snapshot."""
        self.discard()
        if self._wire and self._wire.full:
            self._wire.abort()  # who does not read would not read why, either
        else:
            self._task = asyncio.create_task(self._end(code))

    def discard(self) -> None:
        """The socket is gone."""
        self._waiting.clear()
        if self._task:
            self._task.cancel()

    def _write_all(self) -> None:
        while self._waiting and self._wire and not self._wire.full:
            self._wire.put(self._waiting.popleft())

    async def _send_all(self) -> None:
        with suppress(*_GONE):
            while self._waiting:
                await self._send({"type": "websocket.send", "text": self._waiting.popleft()})
        self._task = None

    async def _end(self, code: int) -> None:
        with suppress(*_GONE):
            await self._send({"type": "websocket.close", "code": code})
