"""A WebSocket whose messages are compressed and framed once for everybody."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import Frame, Opcode

NAME = "rollcall.wire"
"""Its name among a scope's extensions."""

COMPRESSED_FROM = 1024
"""Characters. A shorter text gains less than it costs the browser."""

_WINDOW = (
    12  # bits: 4 KB reach from a row to the one before; a client that has less gets it uncompressed
)
# Each message by itself, or each socket would need a frame, and an encoder in memory, of its own.
_OFFER = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True,
    client_no_context_takeover=True,
    server_max_window_bits=_WINDOW,
)
_DEFLATE = PerMessageDeflate(True, True, _WINDOW, _WINDOW, {"level": 3})


@lru_cache(maxsize=64)
def framed(text: str, *, compressed: bool) -> bytes:
    """`text` as a server's frame, the same for all sockets that do or do not compress."""
    extensions = [_DEFLATE] if compressed and len(text) >= COMPRESSED_FROM else []
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False, extensions=extensions)


class Wire(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, which lets an application write a text at once, beside `send`."""

    drained: Callable[[], None] | None = None
    """Called when a socket that was full takes more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn.available_extensions = [_OFFER]

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self._compresses = any(
                isinstance(each, PerMessageDeflate) and each.local_max_window_bits >= _WINDOW
                for each in self.conn.extensions
            )
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
            self.transport.write(framed(text, compressed=self._compresses))

    def abort(self) -> None:
        self.transport.abort()
