"""What load balancers ask: answered whatever stands in the way of people."""

from typing import Any

import httpx
import pytest
from pytest_django import Settings

from config.asgi import application
from operations import front
from operations.front import Front
from operations.health import Health


async def ask(path: str, app: Any = application, method: str = "GET", **headers: str) -> Any:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.1") as client:
        return await client.request(method, path, headers=headers)


async def pages(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("No page was asked for.")


async def test_a_probe_needs_neither_the_right_host_nor_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["rollcall.example.com"]
    answer = await ask("/healthz", Host="10.0.0.1")
    assert (answer.status_code, answer.text) == (200, "alive\n")
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_server_whose_database_says_nothing_lives_and_gets_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front, "PATIENCE", 0.01)
    health = Health()
    served = Front(pages, health)
    with health._turn:  # as long as somebody looks and hears nothing
        for _ in range(3):
            answer = await ask("/readyz", served)
            assert answer.status_code == 503
            assert answer.json()["parts"]["database"]["state"] == "away"
        assert (await ask("/healthz", served)).status_code == 200
        assert served._thread._work_queue.qsize() == 0


async def test_a_probe_may_ask_for_the_head_alone_and_change_nothing() -> None:
    served = Front(pages, Health())
    head = await ask("/healthz", served, "HEAD")
    assert (head.status_code, head.text, head.headers["Content-Length"]) == (200, "", "6")
    assert (await ask("/healthz", served, "POST")).status_code == 405
