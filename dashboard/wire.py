"""A WebSocket whose messages are framed once for everybody, and written as they are."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

NAME = "rollcall.wire"
"""Its name among a scope's extensions."""


@lru_cache(maxsize=32)
def framed(text: str) -> bytes:
    """`text` as a server's frame, the same for all sockets that do not compress."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class Wire(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, which lets an application write a text at once, beside `send`."""

    drained: Callable[[], None] | None = None
    """Called when a socket that was full takes more."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101 and not self.conn.extensions:
            self.scope["extensions"][NAME] = self  # type: ignore[assignment]

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.drained:
            self.drained()

    @property
    def full(self) -> bool:
        """Whether the socket takes no more for now."""
        return not self.writable.is_set()

    def put(self, text: str) -> None:
        if not (self.close_sent or self.disconnected):
            self.transport.write(framed(text))

    def abort(self) -> None:
        self.transport.abort()
