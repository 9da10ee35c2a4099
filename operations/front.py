"""What machines ask a server, answered before any page: whether it lives, and may be sent people.

Whatever is in their way elsewhere is not here: the host's name, HTTPS, sessions, threads of pages.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from operations.health import SILENT, Health, Report

PATIENCE = 4.0
"""Seconds until a database that says nothing counts as away."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What a machine is answered."""

    status: int
    body: str
    media_type: str = "text/plain; charset=utf-8"


ALIVE = Answer(200, "alive\n")
"""No more is asked for than that this is run."""
NO_SUCH_METHOD = Answer(405, "Ask by GET.\n")


class Front:
    """An ASGI application before `pages`, which gets what is no machine's question."""

    def __init__(self, pages: Application, health: Health) -> None:
        self._pages = pages
        self._health = health
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._looking: asyncio.Future[Report] | None = None
        self._questions = {"/healthz": self._alive, "/readyz": self._ready}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = self._questions.get(scope["path"])
        if question is None:
            await self._pages(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await _send(send, await question(), whole=scope["method"] == "GET")
        else:
            await _send(send, NO_SUCH_METHOD)

    async def _alive(self) -> Answer:
        return ALIVE

    async def _ready(self) -> Answer:
        return ready(await self._report())

    async def _report(self) -> Report:
        """Whoever asks while it is looked joins in, so that a silent database holds one thread."""
        if self._looking is None or self._looking.done():
            loop = asyncio.get_running_loop()
            self._looking = loop.run_in_executor(self._thread, self._health.report)
        done, _ = await asyncio.wait([self._looking], timeout=PATIENCE)
        return self._looking.result() if done else SILENT


def ready(report: Report) -> Answer:
    """200 where people may be sent, else 503; with every part's state, in JSON."""
    told = json.dumps(report.told(), indent=2) + "\n"
    return Answer(200 if report.ready else 503, told, "application/json")


async def _send(send: Send, answer: Answer, *, whole: bool = True) -> None:
    body = answer.body.encode()
    headers = {
        "Content-Type": answer.media_type,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body if whole else b""})
