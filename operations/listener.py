"""Where a process without pages answers machines: the clock's, and the connectors'."""

import threading
from typing import Any

import uvicorn
from django.conf import settings

from operations.asgi import Receive, Scope, Send
from operations.front import Answer, Front, answer
from operations.health import Health

_NOTHING = Answer(404, "There is nothing here but /healthz, /readyz and /metrics.\n")


async def _nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
    await answer(send, _NOTHING)


class Listener:
    """Answers at METRICS_LISTEN, if that is set, from a thread of its own."""

    def start(self) -> None:
        self._thread: threading.Thread | None = None
        if not settings.METRICS_LISTEN:
            return
        host, _, port = settings.METRICS_LISTEN.rpartition(":")
        config = uvicorn.Config(
            Front(_nothing, Health()),
            host=host.strip("[]"),
            port=int(port),
            lifespan="off",
            log_config=None,
            log_level="warning",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="listener", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._thread:
            self._server.should_exit = True
            self._thread.join(timeout=5)

    def __enter__(self) -> "Listener":
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()
