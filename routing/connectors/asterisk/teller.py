"""Telling Asterisk what it is to know: who is in which queue, and who is paused there and why."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from routing import pauses
from routing.connectors import roster
from routing.connectors.asterisk.doubts import Doubts
from routing.connectors.asterisk.link import Link
from routing.connectors.asterisk.translator import Translator
from routing.connectors.desk import Desk
from routing.pauses import Ask, Pause

TELL_EVERY = 1.0
GATHER = 0.05
"""Seconds: between looks at all who changed, and for changes to come together after the first."""


T = TypeVar("T")


class _Do(Protocol):
    def __call__(self, job: Callable[[], T]) -> Awaitable[T]: ...


class Teller:
    """For one connector. `remarks` are what is wrong on Asterisk's side, in words; `do` runs a job
    where the database is. Nothing is asked before a snapshot told what there is."""

    def __init__(
        self, desk: Desk, translator: Translator, do: _Do, now: Callable[[], datetime]
    ) -> None:
        self.remarks: list[str] = []
        self.doubts = Doubts()
        self._desk = desk
        self._translator = translator
        self._do = do
        self._now = now
        self._wanted = asyncio.Event()
        self._changed: set[int] = set()
        self._everybody = False
        self._looked = 0.0
        self._snapshot_at: datetime | None = None

    def forget(self) -> None:
        """A new link: nothing is known of what happened meanwhile."""
        self._snapshot_at = None
        self.doubts = Doubts()

    def snapshot(self, at: datetime) -> None:
        """All is known as of `at`."""
        self._snapshot_at = at
        self.look_anew()

    def look_anew(self) -> None:
        """Everybody is to be looked at."""
        self._desk.moves.forget()
        self._everybody = True
        self._wanted.set()

    def changed(self, agent_ids: list[int]) -> None:
        """These agents changed."""
        if agent_ids:
            self._changed.update(agent_ids)
            self._wanted.set()

    def said(self) -> list[str]:
        """What is wrong on Asterisk's side."""
        return self.remarks + self.doubts.said() + self._desk.roster.remarks()

    async def wait(self) -> None:
        """Until something is to be told: at once where an agent changed, now and then of all who
        did, for what was refused, or changed unheard."""
        with suppress(TimeoutError):
            async with asyncio.timeout(TELL_EVERY):
                await self._wanted.wait()
            await asyncio.sleep(GATHER)
        self._wanted.clear()
        now = asyncio.get_running_loop().time()
        if self._everybody or now - self._looked >= TELL_EVERY:
            self._everybody, self._looked = True, now

    async def tell(self, link: Link) -> bool:
        """Ask for what agents' modes call for; gives whether a snapshot is wanted, because somebody
        asked for one, or whether an agent is on a call."""
        changed, self._changed = self._changed, set()
        everybody, self._everybody = self._everybody, False
        if self._snapshot_at is None:
            return False
        if everybody:
            await self._tell_members(link)
        known = {address: Pause(*held) for address, held in self._translator.pauses().items()}
        if everybody:
            changed |= await self._do(lambda: self._desk.moves.moved(known))
        for ask in await self._do(lambda: self._desk.asks(self._now(), known, changed)):
            await self._ask_pause(link, ask)
        return await self._do(self._check) if everybody else False

    async def _tell_members(self, link: Link) -> None:
        if not self._desk.connector.manages_members:
            return
        places, queues = self._translator.places(), self._translator.queues()
        wanted = self._desk.roster.asks
        for ask in await self._do(lambda: wanted(self._now(), places, queues)):
            why = await _join(link, ask) if ask.pause else await _leave(link, ask)
            if why:
                self._desk.roster.refused(ask, why)

    async def _ask_pause(self, link: Link, ask: Ask) -> None:
        why = await link.refuses(
            "QueuePause",
            Interface=ask.address,
            Paused=_yes(ask.pause.paused),
            Reason=ask.pause.reason,
        )
        if why:
            await self._do(partial(pauses.refused, ask, why))

    def _check(self) -> bool:
        if self._snapshot_at:
            self._desk.checks.answer(self._snapshot_at, self._now())
        wanted = self._desk.snapshot_wanted()
        return self._desk.checks.new() or wanted


async def _join(link: Link, ask: roster.Ask) -> str:
    pause = ask.pause or Pause(True)
    return await link.refuses(
        "QueueAdd",
        Queue=ask.queue,
        Interface=ask.address,
        Paused=_yes(pause.paused),
        Reason=pause.reason,
    )


async def _leave(link: Link, ask: roster.Ask) -> str:
    return await link.refuses("QueueRemove", Queue=ask.queue, Interface=ask.address)


def _yes(yes: bool) -> str:
    return "true" if yes else "false"
