"""A program that uses the API with a key."""

import json
from typing import Any

from django.test import Client

from api import keys

SCOPES = ("read", "telephony", "supervise")


class Program:
    """Asks as a program with a key of these scopes does; `text` is the key."""

    def __init__(self, *scopes: str, source: str = "pbx") -> None:
        granted = {scope: scope in scopes for scope in SCOPES}
        self.key, self.text = keys.make("A program", source=source, **granted)
        self._client = Client(raise_request_exception=False)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer; its JSON is `answer.json()`. A `path` is below /api/v1 unless it names it.
        Headers are given as `idempotency_key`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.generic(
            method,
            path if path.startswith("/api/") else f"/api/v1{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers={"authorization": f"Bearer {self.text}"} | named,
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("DELETE", path, **headers)

    def arrive(self, queue: str, external_id: str = "call") -> Any:
        """A caller comes into a queue; gives the interaction."""
        return self.post("/interactions", {"external_id": external_id, "queue": queue}).json()

    def tell(self, interaction: Any, kind: str, agent: int | None = None, **more: Any) -> Any:
        """Something happens to an interaction; gives the answer."""
        body = {"type": kind, **more} | ({"agent": agent} if agent else {})
        return self.post(f"/interactions/{interaction['id']}/events", body)
