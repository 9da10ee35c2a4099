"""Rollcall as served, with a door for the load, and beside it the plain way: each socket a member
of a channel-layer group, and a `group_send` for each change."""

import json
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.utils import timezone

from config.asgi import application as rollcall
from dashboard import floor, rows
from dashboard.editions import message
from dashboard.hub import hub
from dashboard.rendering import render_row
from dashboard.rows import Row
from dashboard.sheets import Sheet
from presence.events import Cause, Choice, Choose
from routing import actions

GROUP = "board"


class PlainBoard(AsyncWebsocketConsumer):
    """One socket that is told of every change by the channel layer."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, _code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def changed(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


def _change(agent_id: int, note: str) -> None:
    choice = Choice("on_break", note=note)
    actions.apply(agent_id, Choose(at=timezone.now(), choice=choice, cause=Cause.AGENT))


def _plain_message(agent_id: int) -> str:
    return message(rows={agent_id: json.dumps(render_row(rows.read([agent_id])[0]))})


async def _post(scope: dict[str, Any], send: Any) -> None:
    query = parse_qs(scope["query_string"].decode())
    agent_id = int(query["agent"][0])
    await sync_to_async(_change, thread_sensitive=False)(agent_id, query["note"][0])
    if "plain" in query:
        text = await sync_to_async(_plain_message, thread_sensitive=False)(agent_id)
        layer: Any = get_channel_layer()
        await layer.group_send(GROUP, {"type": "changed", "text": text})
    await _done(send)


async def _hint(scope: dict[str, Any], send: Any) -> None:
    """Tell of agents that somebody else has changed in the database."""
    query = parse_qs(scope["query_string"].decode())
    agents = [int(agent) for agent in query["agents"][0].split(",")]
    if "plain" in query:
        layer: Any = get_channel_layer()
        for agent_id in agents:
            text = await sync_to_async(_plain_message, thread_sensitive=False)(agent_id)
            await layer.group_send(GROUP, {"type": "changed", "text": text})
    else:
        hub.changed(agents)
    await _done(send)


class Forgetful:
    """In the hub's place it makes pages read and render each row anew."""

    def rows(self) -> dict[int, Row]:
        return {}

    def sheet(self, language: str) -> Sheet:
        return Sheet(language)


async def _forget(send: Any) -> None:
    """Have pages made without what the hub remembers, from now on."""
    vars(floor)["hub"] = Forgetful()
    await _done(send)


async def _done(send: Any) -> None:
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _accept(receive: Any, send: Any) -> None:
    """A socket that is let in, and nothing else."""
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Rollcall, but for the load's addresses."""
    if scope["type"] == "http" and scope["path"] == "/bench/change":
        await _post(scope, send)
    elif scope["type"] == "http" and scope["path"] == "/bench/hint":
        await _hint(scope, send)
    elif scope["type"] == "http" and scope["path"] == "/bench/forget":
        await _forget(send)
    elif scope["type"] == "websocket" and scope["path"] == "/ws/bare/":
        await _accept(receive, send)
    elif scope["type"] == "websocket" and scope["path"] == "/ws/plain/":
        await PlainBoard.as_asgi()(scope, receive, send)
    else:
        await rollcall(scope, receive, send)
