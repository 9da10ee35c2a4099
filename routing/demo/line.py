"""A pretend telephony system's line to Rollcall: its HTTP API, as any program uses it."""

import threading
import uuid
from typing import Any

import httpx
import structlog

log = structlog.get_logger(__name__)

API = "/api/v1"
_AGAIN = 1.0  # seconds until what was not answered is asked again

OVERTAKEN = {
    "already_waiting",
    "engaged",
    "interaction_ended",
    "leg_ended",
    "not_possible",
    "number_inactive",
    "out_of_date",
    "queue_inactive",
}
"""Refusals that happen to every telephony system: something else happened meanwhile."""


class Closed(Exception):
    """The line was closed while something was under way."""


class Line:
    """Asks and tells until `closing` is set. What a broken connection left unanswered is told again
    under the same key, so that it counts once. Every method raises `Closed`."""

    def __init__(self, client: httpx.Client, closing: threading.Event) -> None:
        self._client = client
        self._closing = closing

    def read(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Everything that a list has, page by page."""
        items: list[dict[str, Any]] = []
        address: str | None = str(httpx.URL(f"{API}{path}", params={"limit": 200, **query}))
        while address:
            page = self._send("GET", address).raise_for_status().json()
            items += page["items"]
            address = page["next"]
        return items

    def tell(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """What became of a write; None where it was refused."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self._send("POST", f"{API}{path}", json=body, headers=key)
        if answer.is_success:
            return dict(answer.json())
        problem = answer.json()
        if problem["code"] not in OVERTAKEN:
            log.warning("pbx_refused", path=path, body=body, problem=problem)
        return None

    def _send(self, method: str, address: str, **request: Any) -> httpx.Response:
        while not self._closing.is_set():
            try:
                return self._client.request(method, address, **request)
            except httpx.TransportError as error:
                log.warning("pbx_waits", error=repr(error))
                self._closing.wait(_AGAIN)
        raise Closed
