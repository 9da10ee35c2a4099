"""One hub per process: hears what changed, reads it once, renders it once for each language, and
hands the same text to every socket that watches. A hint may be lost; the hub compares itself with
the database."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import connections
from django.utils import translation
from prometheus_client import Histogram

from dashboard import audiences, tickets
from dashboard.admission import Admission
from dashboard.audiences import Told, Watching
from dashboard.board import Board, Frame
from dashboard.editions import Content, message
from dashboard.outbox import TOO_SLOW, Outbox
from dashboard.rendering import render_bar
from dashboard.rows import Row
from dashboard.sheets import Sheet, Sheets
from dashboard.tickets import Ticket
from dashboard.turns import Turn, Turns
from presence import hints

log = structlog.get_logger(__name__)

SHORTEST_FRAME, LONGEST_FRAME = 0.01, 0.1
"""Seconds. Changes of one frame go out together; the first after a pause goes out at once."""
FRAME_SHARE = 4
"""A frame is followed by a pause of so many times what it took to make: a quiet floor sees a change
in milliseconds. On a busy one both together take the longest frame, so that nobody waits for more;
what takes long is followed by a pause as long, for the thread's other work."""
HEAL_EVERY = 1.0
IN_STEP = 4.0
"""Seconds. Boards of a hub that could not read the database for so long are told nothing, so that
they say themselves that they are old."""
BEAT_EVERY = 5.0
RECHECK_EVERY = 2.0
"""Seconds between looks at whether sockets may still have what they came for."""
RECHECK_AT_ONCE = 250
"""Tickets in one look, some 10 ms; frames go out between."""
_RETRY = 1.0

_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
FRAMES = Histogram("rollcall_frame_seconds", "Reading and rendering a frame", buckets=_SHORT)
LAG = Histogram(
    "rollcall_board_lag_seconds",
    "From hearing of the first change of a frame until it was on its way to boards",
    buckets=_SHORT,
)

SIGNED_OUT = 4401
WITHDRAWN = 4410
"""What a wallboard's screen had shown is not to be had by its ticket any more."""

T = TypeVar("T")


@dataclass(frozen=True)
class Made:
    """A frame rendered: what each audience is told, and the bars of each agent by language. The
    editions that are new have everything in their content."""

    contents: Mapping[Told, Content]
    bars: Mapping[int, Mapping[str, str]]
    new: Mapping[Watching, Told]


class Hub:
    """Everything but the board's own reading happens in the event loop's thread."""

    def __init__(self) -> None:
        self._sockets: dict[Outbox, Ticket] = {}
        self._watchers: defaultdict[Watching, set[Outbox]] = defaultdict(set)
        self._own: defaultdict[int, set[Outbox]] = defaultdict(set)
        self._reset()

    def _reset(self) -> None:
        self.admission = Admission()
        self._board = Board()
        self._sheets = Sheets()
        self._editions: dict[Watching, Told] = {}
        self._rendered: dict[Watching, Told] = {}  # the hub's thread's, a moment ahead
        self._turns = Turns()
        self._heard_at: float | None = None  # of the first change that no frame has taken yet
        self._read_at = float("-inf")
        self._doubted: dict[int, float] = {}  # users who lost something, and until when
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._reset()
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hub")
        hints.listen(self._hint)
        jobs = [
            self._repeat(self._send_frames, 0),
            self._repeat(self._heal, HEAL_EVERY),
            self._repeat(self._beat, BEAT_EVERY),
            self._repeat(self._recheck, RECHECK_EVERY),
        ]
        if settings.REDIS_URL:
            jobs.append(self._repeat(self._hear_others, _RETRY))
        self._tasks = [asyncio.create_task(job) for job in jobs]

    async def stop(self) -> None:
        hints.unlisten(self._hint)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._read(connections.close_all)
        self._thread.shutdown()

    async def admit(self, ticket: Ticket) -> Ticket | None:
        """The ticket as it may join; None where it may not. Without a question, but for users of
        whom this hub knows that a ticket may say more than they may have now."""
        if ticket.user not in self._doubted:
            return ticket
        return (await self._read(partial(tickets.current, {ticket})))[ticket]

    def join(self, outbox: Outbox, ticket: Ticket) -> None:
        """Register, then fetch: nothing awaits between the two, so no change falls between."""
        self._sockets[outbox] = ticket
        if ticket.agent is not None:
            self._own[ticket.agent].add(outbox)
        if audience := audiences.of(ticket):
            self._watchers[audience].add(outbox)
            edition = self._editions.get(audience)
            if edition is None:
                self._wake.set()  # the next frame makes it
            elif self._in_step():
                self._send_all([outbox], *edition.whole())

    def show_bar(self, outbox: Outbox) -> None:
        """Send the bar of the page's agent with a frame, where it has one."""
        ticket = self._sockets.get(outbox)
        if ticket and ticket.agent is not None:
            self._turns.came_back(ticket.agent)
            self._wake.set()

    def leave(self, outbox: Outbox) -> None:
        ticket = self._sockets.pop(outbox, None)
        if ticket is None:
            return
        if audience := audiences.of(ticket):
            self._watchers[audience].discard(outbox)
        if ticket.agent is not None:
            self._own[ticket.agent].discard(outbox)
            if not self._own[ticket.agent]:
                del self._own[ticket.agent]

    def rows(self) -> dict[int, Row]:
        """The rows that this process's boards show, if it has boards. From any thread."""
        return self._board.rows() if self._tasks else {}

    def level(self) -> bool:
        """Whether this process's boards show what the database says. From any thread."""
        return bool(self._tasks) and self._in_step()

    def sheet(self, language: str) -> Sheet:
        """Those rows as they are rendered. From any thread."""
        return self._sheets[language]

    def sockets(self) -> Counter[str]:
        """How many sockets are open, by what they show. From any thread."""
        return Counter(ticket.kind for ticket in list(self._sockets.values()))

    def sign_out(self, user_id: int) -> None:
        """Close a user's sockets, for good until they sign in again. From any thread."""
        if self._tasks:  # else nobody is connected here
            self._loop.call_soon_threadsafe(self._sign_out, user_id)

    def _sign_out(self, user_id: int) -> None:
        self._doubt(user_id)
        for outbox, ticket in list(self._sockets.items()):
            if ticket.user == user_id:
                self._drop(outbox, SIGNED_OUT)

    def changed(self, agent_ids: Collection[int]) -> None:
        """These agents, or the queues, may have changed. Call in the event loop's thread."""
        self._turns.changed(agent_ids)
        if self._turns.changes and self._heard_at is None:
            self._heard_at = self._loop.time()
        self._wake.set()

    def _hint(self, agent_ids: list[int]) -> None:
        self._loop.call_soon_threadsafe(self.changed, agent_ids)

    # --- jobs ----------------------------------------------------------------------------------

    async def _repeat(self, job: Callable[[], Awaitable[None]], pause: float) -> None:
        """Run `job` as long as the process lives: a database or Redis that is away comes back,
        and a hub that died would freeze every board."""
        while True:
            try:
                await job()
            except Exception as error:
                log.warning("hub_waits", job=job.__name__, error=str(error))
                await asyncio.sleep(_RETRY)
            await asyncio.sleep(pause)

    async def _send_frames(self) -> None:
        await self._wake.wait()
        began = self._loop.time()
        turn = await self._send_frame()
        spent = self._loop.time() - began
        self._turns.took(turn, spent)
        await asyncio.sleep(_pause(spent))

    async def _send_frame(self) -> Turn:
        self._wake.clear()
        turn = self._turns.take()
        heard_at, self._heard_at = self._heard_at, None
        try:
            read = partial(self._board.read, turn.ids, set(self._own), turn.back)
            with FRAMES.time():
                self._publish(await self._make(read))
            self._note_reading()
            if heard_at and turn.changed:
                LAG.observe(self._loop.time() - heard_at)
            if self._turns.changes:
                self._heard_at = self._heard_at or heard_at
        except BaseException:
            self._turns.give_back(turn)
            self._heard_at = heard_at
            self._wake.set()
            raise
        if self._turns:
            self._wake.set()
        return turn

    async def _heal(self) -> None:
        """Find what hints did not tell of, and let a frame show it with what time alone changes. At
        first, and when the database is back, everybody gets everything."""
        differing = await self._read(self._board.differing)
        if self._in_step():
            self._publish(await self._make(lambda: Frame(around=self._board.around())))
            self.changed(differing)
        else:
            read = partial(self._board.read, differing, set(self._own))
            self._publish(await self._make(read))
            self._publish(await self._make(lambda: Frame(around=self._board.around())))
            self._read_at = time.monotonic()
            for audience, edition in self._editions.items():
                self._send_all(self._watchers[audience], *edition.whole())

    def _in_step(self) -> bool:
        return time.monotonic() - self._read_at < IN_STEP

    def _note_reading(self) -> None:
        if self._in_step():  # else boards need a snapshot first
            self._read_at = time.monotonic()

    async def _beat(self) -> None:
        """Who was sent nothing yet shows what their page knew, and must not think it is new."""
        if self._in_step():
            self._send_all([outbox for outbox in self._sockets if outbox.served], message())

    async def _recheck(self) -> None:
        """Show those out who may have nothing any more, and let others see what they may now."""
        self._doubted = {user: at for user, at in self._doubted.items() if at > time.monotonic()}
        held = list(set(self._sockets.values()))
        for first in range(0, len(held), RECHECK_AT_ONCE):
            portion = held[first : first + RECHECK_AT_ONCE]
            self._settle(await self._read(partial(tickets.current, portion)))

    def _settle(self, now: Mapping[Ticket, Ticket | None]) -> None:
        for outbox, ticket in list(self._sockets.items()):
            after = now.get(ticket, ticket)
            if after == ticket:
                continue
            self._doubt(ticket.user)
            if after is None:
                self._drop(outbox, WITHDRAWN if ticket.wall else SIGNED_OUT)
            else:
                self.leave(outbox)
                self.join(outbox, after)

    def _doubt(self, user: int | None) -> None:
        if user is not None:
            self._doubted[user] = time.monotonic() + tickets.MAX_AGE

    async def _hear_others(self) -> None:
        async for agent_ids in hints.arriving():
            self.changed(agent_ids)

    async def _make(self, read: Callable[[], Frame]) -> Made:
        """Have a frame read and rendered, and the editions that somebody waits for."""
        watched = {audience for audience, outboxes in self._watchers.items() if outboxes}
        languages = {
            agent: {self._sockets[outbox].language for outbox in outboxes}
            for agent, outboxes in self._own.items()
        }
        return await self._read(lambda: self._render(read(), watched, languages))

    def _render(
        self, frame: Frame, watched: Set[Watching], languages: Mapping[int, Set[str]]
    ) -> Made:
        for audience in filter(audiences.passing, self._rendered.keys() - watched):
            del self._rendered[audience]
        contents = {edition: edition.render(frame) for edition in self._rendered.values()}
        new = {
            audience: audiences.edition(audience, self._sheets)
            for audience in watched - self._rendered.keys()
        }
        if new:
            everything = self._board.everything()
            contents |= {edition: edition.render(everything) for edition in new.values()}
            self._rendered |= new
        self._sheets.forget(frame.gone)
        bars: dict[int, dict[str, str]] = {}
        for agent, own in frame.bars.items():
            bars[agent] = {}
            for language in languages.get(agent, ()):
                with translation.override(language):
                    bars[agent][language] = render_bar(own)
        return Made(contents, bars, new)

    async def _read(self, job: Callable[[], T]) -> T:
        """Run `job` in the hub's own thread, whose connection stays open until an error."""
        return await self._loop.run_in_executor(self._thread, _guarded, job)

    # --- sending -------------------------------------------------------------------------------

    def _publish(self, made: Made) -> None:
        for agent_id, bars in made.bars.items():
            for outbox in list(self._own.get(agent_id, ())):
                # One that came in another language meanwhile has asked for a frame of its own.
                if html := bars.get(self._sockets[outbox].language):
                    self._send_all([outbox], message(bar=html))
        for audience, edition in list(self._editions.items()):
            if edition not in made.contents:  # nobody watched
                del self._editions[audience]
            elif content := made.contents[edition]:
                edition.take(content)
                if self._in_step():  # else a snapshot follows
                    self._send_all(self._watchers[audience], message(**content))
        for audience, edition in made.new.items():
            edition.take(made.contents[edition])
            self._editions[audience] = edition
            if self._in_step():
                self._send_all(self._watchers[audience], *edition.whole())

    def _send_all(self, outboxes: Iterable[Outbox], *texts: str) -> None:
        for outbox in list(outboxes):
            if not all(map(outbox.put, texts)):
                self._drop(outbox, TOO_SLOW)

    def _drop(self, outbox: Outbox, code: int) -> None:
        self.leave(outbox)
        outbox.close(code)


def _pause(spent: float) -> float:
    """Seconds until the next frame, after one that took so many."""
    longest = max(LONGEST_FRAME - spent, min(spent, LONGEST_FRAME))
    return min(max(FRAME_SHARE * spent, SHORTEST_FRAME), longest)


def _guarded(job: Callable[[], T]) -> T:
    try:
        return job()
    except Exception:
        connections.close_all()
        raise


hub = Hub()
