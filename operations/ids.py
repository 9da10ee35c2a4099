"""A name for each request and socket: in every line that is logged for it, and in its answer."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from structlog.contextvars import bound_contextvars

from operations.asgi import Application, Receive, Scope, Send

HEADER = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class Named:
    """An ASGI application around `application`. The name is what a proxy or a program gave in
    X-Request-ID, if it is a plain word; else a new one."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        name = _given(scope) or uuid.uuid4().hex.encode()

        async def told(message: Mapping[str, Any]) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                headers = [*message.get("headers", ()), (HEADER, name)]
                message = {**message, "headers": headers}
            await send(message)

        with bound_contextvars(request=name.decode()):
            await self._application(scope, receive, told)


def _given(scope: Scope) -> bytes:
    given: bytes = dict(scope["headers"]).get(HEADER, b"")
    return given if _SANE.fullmatch(given) else b""
