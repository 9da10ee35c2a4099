"""The fan-out benchmark's servers: each sends one text to all, once so many sockets have come.

python -m bench.fans <way> <port> <sockets> <rate> <rounds>
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sized
from typing import Any

import django
import uvicorn
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402

from dashboard import wire  # noqa: E402
from dashboard.hub import Hub  # noqa: E402
from dashboard.outbox import Outbox  # noqa: E402

TEXT = "x" * 300


class Rounds:
    """Tells everybody, once all have come."""

    def __init__(self, sockets: int, rate: float, rounds: int) -> None:
        self._sockets, self._rate, self._rounds = sockets, rate, rounds

    async def run(self, here: Sized, tell: Callable[[str], Awaitable[None] | None]) -> None:
        while len(here) < self._sockets:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        print("begin", flush=True)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(self._rounds):
            await asyncio.sleep(max(0, began + number / self._rate - loop.time()))
            told = tell(TEXT)
            if told is not None:
                await told
        await asyncio.sleep(0.5)
        print("end", flush=True)


async def plain(port: int, rounds: Rounds) -> None:
    """The `websockets` library's own broadcast."""
    here: set[ServerConnection] = set()

    async def come(socket: ServerConnection) -> None:
        here.add(socket)
        await socket.wait_closed()

    async with serve(come, "127.0.0.1", port, compression=None):
        await rounds.run(here, lambda text: broadcast(here, text))


async def hub(port: int, rounds: Rounds) -> None:
    """Rollcall's: the hub's sending, its outboxes and its server."""
    here: list[Outbox] = []
    sender = Hub()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        here.append(Outbox(send, scope["extensions"].get(wire.NAME)))
        while (await receive())["type"] != "websocket.disconnect":
            pass

    await _serve(app, port, rounds.run(here, lambda text: sender._send_all(here, text)))


async def group(port: int, rounds: Rounds) -> None:
    """The textbook way: a consumer a socket, a group, and `group_send` (layer in memory)."""
    here: list[Any] = []
    layer: Any = get_channel_layer()

    class Consumer(AsyncWebsocketConsumer):
        async def connect(self) -> None:
            await self.channel_layer.group_add("bench", self.channel_name)
            await self.accept()
            here.append(self)

        async def changed(self, event: dict[str, Any]) -> None:
            await self.send(text_data=event["text"])

    async def tell(text: str) -> None:
        await layer.group_send("bench", {"type": "changed", "text": text})

    await _serve(Consumer.as_asgi(), port, rounds.run(here, tell))


async def _serve(app: Any, port: int, job: Any) -> None:
    config = uvicorn.Config(
        app,
        port=port,
        ws=wire.Wire,
        ws_per_message_deflate=False,
        interface="asgi3",
        lifespan="off",
        log_level="error",
    )
    asyncio.get_running_loop().create_task(job)
    await uvicorn.Server(config).serve()


WAYS = {"websockets": plain, "Rollcall": hub, "group_send": group}

if __name__ == "__main__":
    _, way, port_, sockets_, rate_, rounds_ = sys.argv
    uvloop.run(WAYS[way](int(port_), Rounds(int(sockets_), float(rate_), int(rounds_))))
