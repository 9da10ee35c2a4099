"""Running the connectors that are configured: one follower each, begun, ended and begun anew as
admins change them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connections
from django.forms.models import model_to_dict
from django.utils import timezone

from presence.sealing import CannotOpen
from routing.connectors.asterisk.follower import Follower
from routing.connectors.desk import Desk
from routing.models import Connector, ConnectorLink

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds."""


async def run_connectors() -> None:
    """Follow every active connector until cancelled. Those that another process holds wait, so any
    number of processes may run this."""
    running: dict[str, asyncio.Task[None]] = {}
    with ThreadPoolExecutor(1, thread_name_prefix="connectors") as thread:
        loop = asyncio.get_running_loop()
        try:
            while True:
                configured = await loop.run_in_executor(thread, _configured)
                for settings in [*running]:
                    if configured is not None and settings not in configured:
                        await _end(running.pop(settings))
                for settings, connector in (configured or {}).items():
                    if settings not in running or running[settings].done():
                        running[settings] = asyncio.create_task(_follow(connector))
                await asyncio.sleep(LOOK_EVERY)
        finally:
            for task in running.values():
                await _end(task)
            await loop.run_in_executor(thread, connections.close_all)


async def _follow(connector: Connector) -> None:
    try:
        await Follower(Desk(connector)).run()
    except Exception:
        log.exception("connector_failed", connector=connector.name)  # begun anew at the next look


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _configured() -> dict[str, Connector] | None:
    """The active connectors by all of their settings; None while the database is away."""
    try:
        active = [(_settings(one), one) for one in Connector.objects.filter(active=True)]
        return {settings: one for settings, one in active if settings}
    except Exception as error:
        log.warning("connectors_wait", error=str(error))
        connections.close_all()
        return None


def _settings(connector: Connector) -> str:
    """All of its settings; nothing where its secret cannot be opened, which its link tells."""
    try:
        return str(model_to_dict(connector))
    except CannotOpen as error:
        now, desk = timezone.now(), Desk(connector)
        if desk.claim(now):
            desk.note(ConnectorLink.State.DOWN, now, str(error))
        return ""
