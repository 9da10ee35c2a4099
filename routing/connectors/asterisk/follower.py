"""Following one Asterisk for as long as it takes: connect, take in what it says, ask for snapshots,
tell it what it is to know; and begin again when the connection is lost."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from django.db import connections
from django.utils import timezone

from presence import hints
from routing.connectors.asterisk.doubts import SNAPSHOT
from routing.connectors.asterisk.link import Address, Link, LinkLost, connect
from routing.connectors.asterisk.teller import Teller
from routing.connectors.asterisk.translator import Translator
from routing.connectors.desk import AWAY, Desk
from routing.models import ConnectorLink
from routing.reports import Report, SnapshotDone

log = structlog.get_logger(__name__)

SNAPSHOT_EVERY = 300.0
RENEW_EVERY = 2.0
SETTLE_EVERY = 0.05
LOST_AFTER = 10.0
SHORTEST_BACKOFF, LONGEST_BACKOFF = 1.0, 30.0
"""Seconds."""

_NEWS = frozenset({"FullyBooted", "Reload"})
"""Events after which anything may be different."""

T = TypeVar("T")


class Follower:
    """Follows the Asterisk of one connector until it is cancelled. `now` is its clock.

    `heard` counts the messages of the present link that were taken in.
    """

    def __init__(self, desk: Desk, now: Callable[[], datetime] = timezone.now) -> None:
        self.heard = 0
        self._desk = desk
        self._now = now
        self._translator = Translator()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=desk.connector.name)
        self._untaken: list[Report] = []
        self._taking = asyncio.Lock()
        self._snapshot_wanted = asyncio.Event()
        self._linked = asyncio.Event()

    async def run(self) -> None:
        """Keep a link up. A connector that another process holds is left to it."""
        self._loop = asyncio.get_running_loop()
        lost = None
        try:
            await self._begin()
            lost = self._loop.create_task(self._watch_loss())
            await self._keep()
        finally:
            hints.unlisten(self._hint)
            if lost:
                lost.cancel()
            await self._leave()
            await self._do(connections.close_all)
            self._thread.shutdown()

    async def _leave(self) -> None:
        """Say what would be lost with this process, and let another have the connector."""
        self._untaken += self._translator.conclude()
        await self._try_to(lambda: self._desk.take(self._untaken, self._now()))
        await self._try_to(lambda: self._desk.release(self._now()))

    async def _begin(self) -> None:
        desk = self._desk
        self._translator = Translator(await self._do(desk.phones))
        self._teller = Teller(desk, self._translator, self._do, self._now)
        hints.listen(self._hint)

    async def _keep(self) -> None:
        backoff, resumed = SHORTEST_BACKOFF, False
        while True:
            self.heard = 0
            if not await self._claim():
                if resumed:
                    return  # another's by now, and what is known here is outdated: begun anew
                await asyncio.sleep(RENEW_EVERY)
                continue
            if not resumed:  # what another process reported until now
                await self._resume()
                resumed = True
            await self._try()
            backoff = SHORTEST_BACKOFF if self.heard else min(backoff * 2, LONGEST_BACKOFF)
            await asyncio.sleep(backoff * random.uniform(0.5, 1))  # nosec B311 # noqa: S311 - only jitter

    async def _resume(self) -> None:
        desk = self._desk
        legs, callers = await self._do(desk.live_legs), await self._do(desk.callers)
        self._translator.resume(legs, callers, await self._do(desk.paused))

    async def _try(self) -> None:
        """One link, from its making to its loss."""
        lost = "The connection was closed."
        try:
            await self._follow()
        except* LinkLost as group:
            lost = str(group.exceptions[0])
        log.warning("link_lost", connector=self._desk.connector.name, error=lost)
        self._linked.clear()
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
        self._teller.forget()
        self._snapshot_wanted.set()
        async with connect(address) as link:
            self._linked.set()
            await self._note(ConnectorLink.State.UP)
            async with asyncio.TaskGroup() as group:
                jobs = (self._listen, self._settle, self._renew, self._take_snapshots, self._tell)
                for job in jobs:
                    group.create_task(job(link))

    # --- hearing -------------------------------------------------------------------------------

    async def _listen(self, link: Link) -> None:
        async for messages in link.messages():
            now = self._now()
            reports: list[Report] = []
            for message in messages:
                reports += self._translator.feed(message, now)
                self._teller.doubts.hear(message, now)
                if message.event in _NEWS:
                    self._snapshot_wanted.set()
            await self._take(reports)
            self.heard += len(messages)

    async def _settle(self, _link: Link) -> None:
        """Take in what was held back for more that might be said of it."""
        while True:
            await asyncio.sleep(SETTLE_EVERY)
            await self._take(self._translator.settle(self._now()))

    async def _take(self, reports: list[Report]) -> None:
        """Have the desk take in what the translator told. What it could not take yet outlives the
        link: the translator does not tell it again."""
        self._untaken += reports
        async with self._taking:
            while batch := tuple(self._untaken):
                try:
                    await self._do(partial(self._desk.take, batch, self._now()))
                except AWAY as error:  # the database is away, and Asterisk waits for it
                    log.warning("reports_wait", reports=len(batch), error=str(error))
                    await asyncio.sleep(SHORTEST_BACKOFF)
                    continue
                del self._untaken[: len(batch)]
                if any(isinstance(report, SnapshotDone) for report in batch):
                    self._teller.snapshot(self._now())
                    await self._beat(snapshot_at=self._now())

    # --- asking --------------------------------------------------------------------------------

    async def _take_snapshots(self, link: Link) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SNAPSHOT_EVERY):
                    await self._snapshot_wanted.wait()
            self._snapshot_wanted.clear()
            self._teller.remarks = [
                refused.format(why)
                for name, refused in SNAPSHOT.items()
                if (why := await link.refuses(name))
            ]
            await self._beat(remarks=self._teller.said())

    async def _tell(self, link: Link) -> None:
        while True:
            await self._teller.wait()
            try:
                if await self._teller.tell(link):
                    self._snapshot_wanted.set()
            except AWAY:  # asked again by and by
                await asyncio.sleep(SHORTEST_BACKOFF)
                self._teller.look_anew()

    def _hint(self, agent_ids: list[int]) -> None:
        self._loop.call_soon_threadsafe(self._teller.changed, agent_ids)

    # --- the database --------------------------------------------------------------------------

    async def _renew(self, link: Link) -> None:
        """Hold on to the connector, and note how the link is doing."""
        heard = 0
        while True:
            await asyncio.sleep(RENEW_EVERY)
            if not await self._claim():
                raise LinkLost("Another process has taken over this connector.")
            said, heard = self.heard - heard, self.heard
            seen = {"heard_at": self._now()} if said else {}
            unreadable, remarks = link.inbox.unreadable.total(), self._teller.said()
            rate = said / RENEW_EVERY
            await self._beat(rate=rate, unreadable=unreadable, remarks=remarks, **seen)

    async def _watch_loss(self) -> None:
        """Have the desk know of a loss that lasts."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOST_AFTER):
                    await self._linked.wait()
            if self._linked.is_set():
                await asyncio.sleep(RENEW_EVERY)
            elif await self._claim():
                await self._try_to(lambda: self._desk.lost(self._now()))

    async def _claim(self) -> bool:
        try:
            return await self._do(lambda: self._desk.claim(self._now()))
        except AWAY:
            return self._linked.is_set()  # who holds it cannot be lost to anybody meanwhile

    async def _note(self, state: ConnectorLink.State, error: str = "") -> None:
        await self._try_to(lambda: self._desk.note(state, self._now(), error))

    async def _beat(self, **seen: object) -> None:
        await self._try_to(partial(self._desk.beat, **seen))

    async def _try_to(self, job: Callable[[], object]) -> None:
        try:
            await self._do(job)
        except AWAY as error:
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
