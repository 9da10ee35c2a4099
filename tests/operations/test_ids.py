"""Every request and socket has a name, which its answer and all lines of the log for it bear."""

import asyncio
import json
import logging
import sys
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

from config.logs import OneLine, as_json, discreet, to_formatter
from operations.asgi import Receive, Scope, Send
from operations.ids import Named
from tests.operations.test_front import ask

NAME = "X-Request-ID"


async def tells(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answers with what is known in a thread that works for it."""
    body = await asyncio.to_thread(lambda: json.dumps(get_contextvars()).encode())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def test_a_name_that_came_with_the_request_is_kept() -> None:
    answer = await ask("/", Named(tells), **{NAME: "proxy-7.1"})
    assert answer.headers[NAME] == "proxy-7.1"
    assert answer.json() == {"request": "proxy-7.1"}


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, 'a="b"', "{}"])
async def test_a_name_that_is_no_plain_word_is_not_believed(given: str) -> None:
    answer = await ask("/", Named(tells), **{NAME: given})
    assert len(answer.headers[NAME]) == 32
    assert answer.json() == {"request": answer.headers[NAME]}


async def test_every_answer_of_a_server_has_a_name_of_its_own() -> None:
    first, second = [await ask("/healthz") for _ in range(2)]
    assert first.headers[NAME] != second.headers[NAME]
    assert get_contextvars() == {}


async def test_a_socket_has_one_too() -> None:
    sent: list[Any] = []

    async def accepts(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        sent.append(get_contextvars()["request"])

    async def told(message: Any) -> None:
        sent.append(message)

    await Named(accepts)({"type": "websocket", "headers": []}, asyncio.Queue().get, told)
    assert sent[0]["headers"] == [(b"x-request-id", sent[1].encode())]


def logged(style: str, formatter: logging.Formatter) -> list[str]:
    """What is written of one entry of ours and one of somebody else's."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    handler, logger = Kept(), logging.getLogger("tests.logged")
    logger.addHandler(handler)
    ours = structlog.wrap_logger(
        logger, processors=to_formatter(style), wrapper_class=structlog.stdlib.BoundLogger
    )
    try:
        with bound_contextvars(request="r1"):
            ours.warning("link_lost", connector="pbx\nmade up")
            try:
                raise ValueError("wrong")
            except ValueError:
                logger.error("Not %s", "found", exc_info=sys.exc_info())
    finally:
        logger.removeHandler(handler)
    return lines


def test_for_machines_each_entry_is_an_object_whoever_wrote_it() -> None:
    lost, failed = map(json.loads, logged("json", as_json()))
    assert lost.pop("timestamp").endswith("Z")
    assert lost == {
        "event": "link_lost",
        "level": "warning",
        "logger": "tests.logged",
        "connector": "pbx\nmade up",
        "request": "r1",
    }
    assert (failed["event"], failed["level"], failed["request"]) == ("Not found", "error", "r1")
    assert failed["exception"].endswith("ValueError: wrong")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ('"WebSocket /ws/?ticket=eyJ.x:1_-z" [accepted]', '"WebSocket /ws/?ticket=..." [accepted]'),
        ('"GET /wall/s3cret/ticket/?a=1 HTTP/1.1" 200', '"GET /wall/.../ticket/?a=1 HTTP/1.1" 200'),
        ('"GET /monitor/?team=3 HTTP/1.1" 200', '"GET /monitor/?team=3 HTTP/1.1" 200'),
    ],
)
def test_what_lets_somebody_in_is_in_no_line_of_the_server(said: str, written: str) -> None:
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 1, "%s - %s", ("me", said), None)
    assert discreet(record)
    assert record.getMessage() == f"me - {written}"


def test_for_people_each_entry_is_a_line_that_ends_with_whose_work_it_was() -> None:
    lost, failed = logged("text", OneLine("{levelname} {name}: {message}", style="{"))
    assert lost == (
        "WARNING tests.logged: event='link_lost' connector='pbx\\nmade up' request='r1'"
    )
    assert failed.startswith("ERROR tests.logged: Not found request='r1'\nTraceback")
