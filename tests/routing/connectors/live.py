"""A connector that follows a scripted Asterisk, on a clock that the test moves."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connections

from presence.models import Agent
from routing.connectors.asterisk.follower import Follower
from routing.connectors.asterisk.recording import Entry
from routing.connectors.desk import Desk
from routing.models import Connector, Leg, Membership, QueueEntry
from routing.provision import Provision
from routing.reports import MemberSeen
from routing.timeline import Timeline
from tests.factories import START
from tests.routing.connectors.ami_server import SECRET, USER, AmiServer, until
from tests.routing.connectors.system import System

T = TypeVar("T")


class Live:
    """A follower, the server that it follows, and a thread for what the test asks of the
    database."""

    def __init__(self, server: AmiServer, origin: datetime) -> None:
        self.server = server
        server.clock = lambda: datetime.timestamp(self.now)
        self.now = origin
        self._origin = origin
        self._thread = ThreadPoolExecutor(1)
        self.out = io.StringIO()
        self.timeline = Timeline(self.out)
        self.follower: Follower
        self._task: asyncio.Task[None] | None = None

    async def ask(self, job: Callable[[], T]) -> T:
        """What `job` gives, which uses the database."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    async def find(self, job: Callable[[], Any], seconds: float = 20) -> Any:
        """What `job` gives from the database once it gives something."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not (found := await self.ask(job)):
            assert asyncio.get_running_loop().time() < deadline, "it never came"
            await asyncio.sleep(0.01)
        return found

    async def start(self, **settings: Any) -> None:
        """Follow the server, from now on and from what the database has."""
        connector = await self.ask(lambda: make_connector(self.server.port, **settings))
        self.follower = Follower(Desk(connector), lambda: self.now)
        self._task = asyncio.create_task(self.follower.run())

    async def stop(self) -> None:
        """The process ends, as it does when it is told to."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def in_step(self) -> None:
        """Until the follower has taken in all that was said, a snapshot among it."""
        server = self.server

        def heard_all() -> bool:
            logged_in = [session for session in server.sessions if session.logged_in]
            told = [session for session in logged_in if session.snapshots]
            return bool(told) and self.follower.heard == server.said

        await until(heard_all)

    async def cut(self) -> None:
        """The connection breaks, and is made anew."""
        self.server.drop()
        await self.in_step()

    async def play(self, entry: Entry, *, heard: bool = True) -> None:
        """Something that was recorded happens."""
        self.move_to(entry.t)
        self.server.say(dict(entry.message.fields))
        if heard:
            await self.in_step()
            await self.ask(lambda: self.timeline.look(entry.t))

    def move_to(self, seconds: float) -> None:
        self.now = self._origin + timedelta(seconds=seconds)

    async def rest(self, seconds: float) -> None:
        """Time passes in which nothing is said: what was held back is taken in."""
        await self.in_step()
        self.now += timedelta(seconds=seconds)
        self.server.say({"Event": "Registry", "Status": "Registered"})
        await self.in_step()

    @property
    def changes(self) -> list[str]:
        """The timeline in short, as the tests of `replay_asterisk` have it."""
        lines = [json.loads(line) for line in self.out.getvalue().splitlines()]
        return [
            " ".join(str(line[key]) for key in ("t", "agent", "status", "reason", "activity"))
            .replace(" None", "")
            .strip()
            for line in lines
        ][4:]

    async def close(self) -> None:
        await self.stop()
        await self.ask(connections.close_all)
        self._thread.shutdown()


@asynccontextmanager
async def live(system: System, origin: datetime = START) -> AsyncIterator[Live]:
    """A server for `system`, and nobody who follows it yet."""
    async with AmiServer(system) as server:
        it = Live(server, origin)
        try:
            yield it
        finally:
            await it.close()


def make_connector(port: int, **settings: Any) -> Connector:
    """The connector `pbx` to a server at that port, made or set anew."""
    defaults = {"port": port, "user": USER, "secret": SECRET, "host": "127.0.0.1"} | settings
    return Connector.objects.update_or_create(name=settings.get("name", "pbx"), defaults=defaults)[
        0
    ]


def make_floor(system: System, at: datetime) -> list[int]:
    """The agents whom a recording's first snapshot names, as `replay_asterisk --create` makes
    them; gives their primary keys in that order."""
    provision = Provision()
    for (queue, address), member in system.members.items():
        provision.take(MemberSeen(at=at, id="", queue=queue, address=address, name=member["name"]))
    return list(Agent.objects.order_by("pk").values_list("pk", flat=True))


def goes_on() -> dict[str, set[tuple[str, ...]]]:
    """What the database has of calls, waits and members, by their names in Asterisk."""
    address, call = "agent__devices__address", "interaction__external_id"
    legs = Leg.objects.filter(ended_at=None).exclude(state="wrap_up")
    waiting = QueueEntry.objects.filter(left_at=None)
    return {
        "legs": set(legs.values_list(address, call)),
        "waiting": set(waiting.values_list(call)),
        "members": set(Membership.objects.values_list("ring_group__queue__name", address)),
    }


def spoken(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without those that only tell of the dialplan."""
    return [entry for entry in entries if entry.message.event not in ("VarSet", "Newexten")]
