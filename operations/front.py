"""What machines ask a server, answered before any page: whether it lives, may be sent people, and
how it does.

Whatever is in their way elsewhere is not here: the host's name, HTTPS, sessions, threads of pages.
"""

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.urls import ResolverMatch
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Histogram, generate_latest

from operations import gauges
from operations.asgi import Application, Receive, Scope, Send
from operations.health import SILENT, Health, Report

REQUESTS = Histogram(
    "rollcall_request_seconds",
    "Answering requests",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

PATIENCE = 4.0
"""Seconds until a database that says nothing counts as away."""

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What a machine is answered."""

    status: int
    body: str
    media_type: str = "text/plain; charset=utf-8"


ALIVE = Answer(200, "alive\n")
"""No more is asked for than that this is run."""
NOT_YOURS = Answer(401, "Ask with the token that is in METRICS_TOKEN.\n")
NO_SUCH_METHOD = Answer(405, "Ask by GET.\n")


class Front:
    """An ASGI application before `pages`, which gets what is no machine's question, timed."""

    def __init__(self, pages: Application, health: Health) -> None:
        self._pages = pages
        self._health = health
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._looking: asyncio.Future[Report] | None = None
        self._measuring: asyncio.Future[bytes] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = self._question(scope["path"])
        if question is None:
            await _timed(self._pages, scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await answer(send, await question(scope), whole=scope["method"] == "GET")
        else:
            await answer(send, NO_SUCH_METHOD)

    def _question(self, path: str) -> Callable[[Scope], Awaitable[Answer]] | None:
        if path == "/metrics" and settings.METRICS_TOKEN:
            return self._metrics
        return {"/healthz": self._alive, "/readyz": self._ready}.get(path)

    async def _alive(self, _scope: Scope) -> Answer:
        return ALIVE

    async def _ready(self, _scope: Scope) -> Answer:
        """Whoever asks while it is looked joins in, so that a silent database holds one thread."""
        if self._looking is None or self._looking.done():
            self._looking = self._ask(self._health.report)
        return ready(await _in_time(self._looking, SILENT))

    async def _metrics(self, scope: Scope) -> Answer:
        """This process's own, and what the database knows; alone without it."""
        if not _knows_token(scope):
            return NOT_YOURS
        if self._measuring is None or self._measuring.done():
            self._measuring = self._ask(gauges.of_database)
        known = await _in_time(self._measuring, gauges.SILENT)
        return Answer(200, (generate_latest(REGISTRY) + known).decode(), CONTENT_TYPE_LATEST)

    def _ask(self, job: Callable[[], T]) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(self._thread, job)


async def _in_time(asked: "asyncio.Future[T]", else_: T) -> T:
    done, _ = await asyncio.wait([asked], timeout=PATIENCE)
    return asked.result() if done else else_


def _knows_token(scope: Scope) -> bool:
    given = dict(scope["headers"]).get(b"authorization", b"")
    return hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())


async def _timed(pages: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """By the route that `pages` found: an address would be a number of its own for each agent."""
    began, status = time.perf_counter(), [500]

    async def told(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
        await send(message)

    try:
        await pages(scope, receive, told)
    finally:
        route = scope.get(ROUTE, "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        REQUESTS.labels(method, route, status[0]).observe(time.perf_counter() - began)


ROUTE = "rollcall.route"
"""What `Pages` notes in a request's scope: the route that answers it."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Pages(ASGIHandler):
    """Django's handler, that tells which route it found."""

    def resolve_request(self, request: Any) -> ResolverMatch:
        match = super().resolve_request(request)
        request.scope[ROUTE] = match.route
        return match


def ready(report: Report) -> Answer:
    """200 where people may be sent, else 503; with every part's state, in JSON."""
    told = json.dumps(report.told(), indent=2) + "\n"
    return Answer(200 if report.ready else 503, told, "application/json")


async def answer(send: Send, said: Answer, *, whole: bool = True) -> None:
    body = said.body.encode()
    headers = {
        "Content-Type": said.media_type,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": said.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body if whole else b""})
