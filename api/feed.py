"""The stream of events in this process: read once, kept a while, and told to every socket."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import connections
from django.utils import timezone

from api.keys import opening
from presence import outbox
from presence.models import Agent, OutboxEvent, Sequence, Team
from routing import limits
from routing.models import Interaction, Queue
from routing.sight import Sight

log = structlog.get_logger(__name__)

KEPT = 1000
"""Events that are kept in memory. A socket that is further behind reads the database."""
LONGEST_PAUSE = 0.5
"""Seconds until events are seen that another process gave their place."""
RECHECK_EVERY = 2.0
"""Seconds between looks at whether keys were revoked."""
YOUNG = 2.0
"""Seconds for which it counts what limited keys saw of events when these were read."""
_BATCH = 200
_RETRY = 1.0

T = TypeVar("T")


class Lost(Exception):
    """What came after that event cannot be told any more."""


@dataclass(frozen=True)
class Look:
    """Which subjects limited sights held at a moment, by the monotonic clock."""

    at: float
    held: Mapping[Sight, Set[str]]


@dataclass(frozen=True)
class Told:
    """An event at its place in the stream, as every socket is sent it. `subject` is whom or what it
    is about, as `agent:1`."""

    position: int
    type: str
    text: str
    subject: str
    look: Look


class Feed:
    """Sockets wait here for what comes after the place that they have reached. Nothing is queued
    for them: who is slow finds it later, here or in the database, and delays nobody."""

    def __init__(self) -> None:
        self._revoked: dict[asyncio.Event, tuple[int, Sight]] = {}

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._kept: deque[Told] = deque(maxlen=KEPT)
        self._woken, self._news = asyncio.Event(), asyncio.Event()
        # Who catches up with days of events must not keep those waiting who listen live.
        self._live = ThreadPoolExecutor(1, thread_name_prefix="feed-live")
        self._past = ThreadPoolExecutor(1, thread_name_prefix="feed-past")
        self.position = await self._run(self._live, _last)
        self._tasks = [
            asyncio.create_task(self._repeat(job)) for job in (self._follow, self._recheck)
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._live.shutdown()
        self._past.shutdown()

    def wake(self) -> None:
        """There may be new events. Call from any thread while the feed runs."""
        self._loop.call_soon_threadsafe(self._woken.set)

    @contextmanager
    def joined(self, key: int, sight: Sight) -> Iterator[asyncio.Event]:
        """A socket with the API key `key` is open; gives what is set when the key is revoked, or
        does not see any more what it did."""
        revoked = asyncio.Event()
        self._revoked[revoked] = key, sight
        try:
            yield revoked
        finally:
            del self._revoked[revoked]

    def sockets(self) -> int:
        """How many sockets listen. From any thread."""
        return len(self._revoked)

    async def place(self, event_id: str) -> int:
        """The position of an event that was told. Raises `Lost` where not all that came after it
        can be told."""
        return await self.ask(lambda: _place(event_id))

    async def after(self, position: int) -> list[Told]:
        """The events after `position` in order, at least one: it waits for it. Raises `Lost`."""
        while self.position <= position:
            await self._news.wait()
        if self._kept and self._kept[0].position <= position + 1:
            newer = takewhile(lambda told: told.position > position, reversed(self._kept))
            return list(newer)[::-1]
        return await self.ask(lambda: _resume(position))

    async def seen(self, sight: Sight, events: Collection[Told]) -> Collection[Told]:
        """Those that are about what `sight` holds. It was asked for all who listened as they were
        read; where that was not just now, it is asked again."""
        if not sight.limited:
            return events
        since = time.monotonic() - YOUNG
        if all(told.look.at > since and sight in told.look.held for told in events):
            return [told for told in events if told.subject in told.look.held[sight]]
        held = await self.ask(lambda: _held(sight, {told.subject for told in events}))
        return [told for told in events if told.subject in held]

    async def ask(self, job: Callable[[], T]) -> T:
        """Run what reads the database for one socket."""
        return await self._run(self._past, job)

    async def _run(self, thread: ThreadPoolExecutor, job: Callable[[], T]) -> T:
        return await self._loop.run_in_executor(thread, _alone, job)

    async def _repeat(self, job: Callable[[], Awaitable[None]]) -> None:
        """Run `job` as long as the process lives: a database that is away comes back."""
        while True:
            try:
                await job()
            except Exception as error:
                log.warning("feed_waits", error=str(error))
                await asyncio.sleep(_RETRY)

    async def _follow(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), LONGEST_PAUSE)
        self._woken.clear()
        sights = {sight for _key, sight in self._revoked.values() if sight.limited}
        while told := await self._run(self._live, lambda: _read(self.position, sights)):
            self._kept += told
            self.position = told[-1].position
            news, self._news = self._news, asyncio.Event()
            news.set()

    async def _recheck(self) -> None:
        await asyncio.sleep(RECHECK_EVERY)
        if keys := set(self._revoked.values()):
            good = await self._run(self._live, lambda: _readable({key for key, _ in keys}))
            for revoked, key in self._revoked.items():
                if key not in good:
                    revoked.set()


def _alone(job: Callable[[], T]) -> T:
    """Run `job` in this thread, which keeps no connection afterwards."""
    try:
        return job()
    finally:
        connections.close_all()


def _last() -> int:
    return Sequence.objects.values_list("last", flat=True).first() or 0


def _read(position: int, sights: Iterable[Sight] = ()) -> list[Told]:
    """The events after `position`, at most a batch, and what these see of them."""
    now = time.monotonic()
    events = list(OutboxEvent.objects.filter(position__gt=position).order_by("position")[:_BATCH])
    subjects = {_about(event) for event in events}
    look = Look(now, {sight: _held(sight, subjects) for sight in sights} if events else {})
    return [
        Told(event.position or 0, event.type, outbox.message(event), _about(event), look)
        for event in events
    ]


def _about(event: OutboxEvent) -> str:
    """An alert is about an agent, a queue or a team; all else about its subject."""
    if "alert" not in event.data:
        return event.subject
    subject = event.data["alert"]["subject"]
    return f"{subject['kind']}:{subject['id']}"


def _held(sight: Sight, subjects: Iterable[str]) -> set[str]:
    """Those of `subjects` that are seen."""
    keys: defaultdict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        kind, _, key = subject.partition(":")
        keys[kind].add(int(key))
    found: set[str] = {f"connector:{key}" for key in keys["connector"]}
    for kind, things, condition in (
        ("agent", Agent.objects, limits.agents),
        ("queue", Queue.objects, limits.queues),
        ("team", Team.objects, limits.teams),
        ("interaction", Interaction.objects, limits.calls),
    ):
        if keys[kind]:
            there = things.filter(condition(sight), pk__in=keys[kind])
            found |= {f"{kind}:{key}" for key in there.values_list("pk", flat=True)}
    return found


def _resume(position: int) -> list[Told]:
    told = _read(position)
    # Looked at last: what is purged meanwhile is missing from what was read.
    if not told or Sequence.objects.filter(purged__gt=position).exists():
        raise Lost
    return told


def _place(event_id: str) -> int:
    try:
        told = OutboxEvent.objects.filter(uid=UUID(event_id), position__isnull=False)
    except ValueError:
        raise Lost from None
    position = told.values_list("position", flat=True).first()
    if position is None or Sequence.objects.filter(purged__gt=position).exists():
        raise Lost
    return position


def _readable(keys: set[int]) -> set[tuple[int, Sight]]:
    found = opening(timezone.now()).filter(pk__in=keys, read=True)
    limited = found.select_related("limit").prefetch_related("limit__teams", "limit__queues")
    return {(key.pk, key.sight) for key in limited}


feed = Feed()
