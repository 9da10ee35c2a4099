"""Texts are framed once and written at once, and a socket that does not read is let go."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
import websockets
from websockets.exceptions import ConnectionClosedError

from dashboard import wire
from dashboard.outbox import LIMIT, TOO_SLOW, Outbox
from dashboard.wire import Wire

LONG = "x" * 200_000


class Server:
    """A server whose sockets go one way; `boxes` are theirs, as they came."""

    def __init__(self, **options: Any) -> None:
        self.boxes: list[Outbox] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}/"
        options |= {"interface": "asgi3", "lifespan": "off", "log_level": "error"}
        config = uvicorn.Config(self._app, ws=Wire, **options)
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listening]))

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.offered = scope["extensions"].get(wire.NAME)
        self.boxes.append(Outbox(send, self.offered))
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def stop(self) -> None:
        self._server.should_exit = True
        await self._task
        self._listening.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    started = Server(ws_per_message_deflate=False)
    yield started
    await started.stop()


async def test_what_is_put_arrives_in_order_however_much_it_is(server: Server) -> None:
    texts = [f"{number}é{LONG}" for number in range(LIMIT)]
    async with websockets.connect(server.url, compression=None, max_size=None) as client:
        await client.ping()
        (box,) = server.boxes
        assert all(map(box.put, texts))
        assert [await client.recv() for _ in texts] == texts
        box.close(4401)
        with pytest.raises(ConnectionClosedError):
            await client.recv()
        assert client.close_code == 4401


async def test_who_does_not_read_is_let_go_and_others_read_on(server: Server) -> None:
    async with websockets.connect(server.url, compression=None, max_size=None) as reads:
        reader, writer = await asyncio.open_connection(*server.url[5:-1].split(":"), limit=1)
        head = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        writer.write((head + key).encode())
        async with asyncio.timeout(5):
            while len(server.boxes) < 2:
                await asyncio.sleep(0)
        good, stuck = server.boxes
        put = 0
        while stuck.put(LONG):
            put += 1
            assert put < 20 * LIMIT
            assert good.put(str(put))
            assert await reads.recv() == str(put)
        stuck.close(TOO_SLOW)
        async with asyncio.timeout(5):
            with suppress(ConnectionResetError):
                while await reader.read(1 << 20):
                    pass
        writer.close()
        assert good.put("on")
        assert await reads.recv() == "on"


async def test_a_long_text_is_compressed_once_for_those_who_take_it_so(server: Server) -> None:
    async with (
        websockets.connect(server.url) as one,
        websockets.connect(server.url) as other,
        websockets.connect(server.url, compression=None) as plain,
    ):
        clients = (one, other, plain)
        for client in clients:
            await client.ping()
        wire.framed.cache_clear()
        for text in (LONG, "short", LONG + "é"):
            assert all(box.put(text) for box in server.boxes)
            assert [await client.recv() for client in clients] == [text] * 3
        assert wire.framed.cache_info().misses == 6
    assert len(wire.framed(LONG, compressed=True)) < len(LONG) / 100
    assert b"short" in wire.framed("short", compressed=True)


async def test_a_browser_that_compresses_what_it_says_is_understood(server: Server) -> None:
    async with websockets.connect(server.url) as client:
        await client.send(LONG)
        await client.ping()
        (box,) = server.boxes
        assert box.put("on")
        assert await client.recv() == "on"
