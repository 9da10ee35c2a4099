"""Following one Asterisk for as long as it takes: connect, take in what it says, ask for snapshots,
tell it who is paused; and begin again when the connection is lost."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

import structlog
from django.db import OperationalError, connections
from django.utils import timezone

from presence import hints
from routing import pauses
from routing.connectors.asterisk.link import Address, Link, LinkLost, connect
from routing.connectors.asterisk.translator import Translator
from routing.connectors.desk import Desk
from routing.models import ConnectorLink
from routing.pauses import Ask, Pause
from routing.reports import Report, SnapshotDone

log = structlog.get_logger(__name__)

SNAPSHOT_EVERY = 300.0
RENEW_EVERY = 2.0
SETTLE_EVERY = 0.05
TELL_EVERY = 1.0
SHORTEST_BACKOFF, LONGEST_BACKOFF = 1.0, 30.0
"""Seconds."""

_NEWS = frozenset({"FullyBooted", "Reload"})
"""Events after which anything may be different."""

T = TypeVar("T")


class Follower:
    """Follows the Asterisk of one connector until it is cancelled."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=desk.connector.name)
        self._snapshot_wanted = asyncio.Event()
        self._changed: set[int] = set()
        self._tell_wanted = asyncio.Event()
        self._heard = 0
        self._in_step = False

    async def run(self) -> None:
        """Keep a link up. A connector that another process holds is left to it."""
        self._loop = asyncio.get_running_loop()
        self._translator = Translator(await self._do(self._desk.phones))
        hints.listen(self._hint)
        backoff = SHORTEST_BACKOFF
        try:
            while True:
                self._heard = 0
                if await self._claim():
                    await self._try()
                backoff = SHORTEST_BACKOFF if self._heard else min(backoff * 2, LONGEST_BACKOFF)
                await asyncio.sleep(backoff * random.uniform(0.5, 1))  # noqa: S311 - only jitter
        finally:
            hints.unlisten(self._hint)
            await self._do(partial(self._desk.release, timezone.now()))
            await self._do(connections.close_all)
            self._thread.shutdown()

    async def _try(self) -> None:
        """One link, from its making to its loss."""
        lost = "The connection was closed."
        try:
            await self._follow()
        except* LinkLost as group:
            lost = str(group.exceptions[0])
        log.warning("link_lost", connector=self._desk.connector.name, error=lost)
        await self._note(ConnectorLink.State.DOWN, lost)

    async def _follow(self) -> None:
        connector = self._desk.connector
        await self._note(ConnectorLink.State.CONNECTING)
        address = Address(
            connector.host,
            connector.port,
            connector.user,
            connector.secret,
            connector.tls,
            connector.verify_certificate,
        )
        self._in_step = False
        self._snapshot_wanted.set()
        async with connect(address) as link:
            await self._note(ConnectorLink.State.UP)
            async with asyncio.TaskGroup() as group:
                jobs = (self._listen, self._settle, self._renew, self._take_snapshots, self._tell)
                for job in jobs:
                    group.create_task(job(link))

    # --- hearing -------------------------------------------------------------------------------

    async def _listen(self, link: Link) -> None:
        async for messages in link.messages():
            now = timezone.now()
            reports: list[Report] = []
            for message in messages:
                reports += self._translator.feed(message, now)
                if message.event in _NEWS:
                    self._snapshot_wanted.set()
            self._heard += len(messages)
            await self._take(reports)

    async def _settle(self, _link: Link) -> None:
        """Take in what was held back for more that might be said of it."""
        while True:
            await asyncio.sleep(SETTLE_EVERY)
            await self._take(self._translator.settle(timezone.now()))

    async def _take(self, reports: list[Report]) -> None:
        while reports:
            try:
                await self._do(partial(self._desk.take, reports))
                break
            except OperationalError as error:  # the database is away, and Asterisk waits for it
                log.warning("reports_wait", reports=len(reports), error=str(error))
                await asyncio.sleep(SHORTEST_BACKOFF)
        if any(isinstance(report, SnapshotDone) for report in reports):
            self._in_step = True
            self._tell_wanted.set()
            await self._beat(snapshot_at=timezone.now())

    # --- asking --------------------------------------------------------------------------------

    async def _take_snapshots(self, link: Link) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._snapshot_wanted.wait(), SNAPSHOT_EVERY)
            self._snapshot_wanted.clear()
            answer = await link.ask("QueueStatus")
            said = answer.get("Message") if answer.response.lower() != "success" else ""
            await self._beat(
                remarks=[f"Asterisk does not tell of its queues: {said}."] if said else []
            )

    async def _tell(self, link: Link) -> None:
        """Ask for the pauses that agents' modes call for: at once where one changed, of everybody
        now and then, for what was refused or forgotten."""
        while True:
            everybody = False
            try:
                await asyncio.wait_for(self._tell_wanted.wait(), TELL_EVERY)
            except TimeoutError:
                everybody = True
            self._tell_wanted.clear()
            changed, self._changed = self._changed, set()
            if not self._in_step:
                continue
            known = {address: Pause(*held) for address, held in self._translator.pauses().items()}
            agents = None if everybody or not changed else changed
            for ask in await self._do(partial(self._desk.asks, timezone.now(), known, agents)):
                await self._ask(link, ask)

    async def _ask(self, link: Link, ask: Ask) -> None:
        answer = await link.ask(
            "QueuePause",
            Interface=ask.address,
            Paused="true" if ask.pause.paused else "false",
            Reason=ask.pause.reason,
        )
        if answer.response.lower() != "success":
            why = answer.get("Message") or "Asterisk gave no reason"
            await self._do(partial(pauses.refused, ask, why))

    def _hint(self, agent_ids: list[int]) -> None:
        self._loop.call_soon_threadsafe(self._note_changed, agent_ids)

    def _note_changed(self, agent_ids: list[int]) -> None:
        if agent_ids:
            self._changed.update(agent_ids)
            self._tell_wanted.set()

    # --- the database --------------------------------------------------------------------------

    async def _renew(self, link: Link) -> None:
        """Hold on to the connector, and note how the link is doing."""
        heard = 0
        while True:
            await asyncio.sleep(RENEW_EVERY)
            if not await self._claim():
                raise LinkLost("Another process has taken over this connector.")
            said, heard = self._heard - heard, self._heard
            seen = {"heard_at": timezone.now()} if said else {}
            unreadable = link.inbox.unreadable.total()
            await self._beat(rate=said / RENEW_EVERY, unreadable=unreadable, **seen)

    async def _claim(self) -> bool:
        try:
            return await self._do(partial(self._desk.claim, timezone.now()))
        except OperationalError:
            return self._heard > 0  # who holds it cannot be lost to anybody while it is away

    async def _note(self, state: ConnectorLink.State, error: str = "") -> None:
        await self._try_to(partial(self._desk.note, state, timezone.now(), error))

    async def _beat(self, **seen: object) -> None:
        await self._try_to(partial(self._desk.beat, **seen))

    async def _try_to(self, job: Callable[[], object]) -> None:
        try:
            await self._do(job)
        except OperationalError as error:
            log.warning("database_away", error=str(error))

    async def _do(self, job: Callable[[], T]) -> T:
        """Run `job` in this follower's own thread, one at a time, in order."""
        return await self._loop.run_in_executor(self._thread, _guarded, job)


def _guarded(job: Callable[[], T]) -> T:
    try:
        return job()
    except Exception:
        connections.close_all()
        raise
