"""What other processes change reaches this one's boards: through Redis at once, else by healing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings as configured
from pytest_django import Settings

from dashboard import hub as hubs
from dashboard.hub import Hub
from presence import hints
from presence.models import Agent
from tests import databases
from tests.dashboard.test_hub import Socket, make_agent, shows, watch
from tests.services.redis_server import RedisServer
from tests.services.sentinels import watched
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("committed")

ROOT = Path(__file__).resolve().parents[2]
NEVER = 3600.0


class Elsewhere:
    """Another process of the installation: writes what an agent chooses, and says so to Redis."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def choose(self, status: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{status}\n".encode())


@asynccontextmanager
async def elsewhere(agent: Agent, redis_url: str) -> AsyncIterator[Elsewhere]:
    words = [sys.executable, "-m", "tests.services.writer", str(agent.pk)]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": databases.url(),
        "REDIS_URL": redis_url,
        "SECRET_KEY": configured.SECRET_KEY,
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe
    )
    assert process.stdout
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
        yield Elsewhere(process)
    finally:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def running(monkeypatch: pytest.MonkeyPatch, *, heal_every: float) -> AsyncIterator[Hub]:
    monkeypatch.setattr(hubs, "HEAL_EVERY", heal_every)
    monkeypatch.setattr(hubs, "IN_STEP", NEVER)  # a hub that never heals would count as blind
    hub = Hub()
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def until_heard_by(hubs_there: int, client: "redis.Redis") -> None:
    """Until so many hubs listen to Redis."""

    def listening() -> bool:
        return client.pubsub_numsub(hints.CHANNEL) == [(hints.CHANNEL.encode(), hubs_there)]

    await asyncio.to_thread(until, listening)


async def seconds_until(socket: Socket, agent: Agent, words: str) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    await socket.until(shows(agent, words))
    return clock() - began


async def test_what_another_process_changes_shows_in_a_fraction_of_a_second(
    redis_server: RedisServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await make_agent("Ada")
    settings.REDIS_URL = redis_server.url
    with redis_server.start() as client:
        async with (
            running(monkeypatch, heal_every=NEVER) as hub,
            elsewhere(ada, redis_server.url) as other,
        ):
            socket = await watch(hub)
            await until_heard_by(1, client)
            other.choose("busy")  # the first has its connections to open yet
            await socket.until(shows(ada, "Busy"))
            other.choose("on_break")
            assert await seconds_until(socket, ada, "On Break") < 0.9


async def test_a_hub_heals_while_redis_is_away_and_hears_hints_when_it_is_back(
    redis_server: RedisServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hub heals; the other never does, and shows what hints alone would."""
    monkeypatch.setattr(hubs, "_RETRY", 0.05)
    ada = await make_agent("Ada")
    settings.REDIS_URL = redis_server.url
    async with (
        running(monkeypatch, heal_every=0.05) as healing,
        running(monkeypatch, heal_every=NEVER) as hinted,
        elsewhere(ada, redis_server.url) as other,
    ):
        with redis_server.start() as client:
            heals, hears = await watch(healing), await watch(hinted)
            await until_heard_by(2, client)
            other.choose("busy")
            await hears.until(shows(ada, "Busy"))

        redis_server.stop()
        other.choose("on_break")
        await heals.until(shows(ada, "On Break"))
        assert shows(ada, "Busy")(hears)

        with redis_server.start() as client:
            await until_heard_by(2, client)
            other.choose("do_not_disturb")
            await hears.until(shows(ada, "Do Not Disturb"))


@pytest.mark.usefixtures("_redis")  # there is a Redis on this machine
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_hints_arrive_again_when_sentinels_have_chosen_another_redis(
    how: signal.Signals, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the one of before is gone, or silent. Boards are level all along."""
    monkeypatch.setattr(hubs, "_RETRY", 0.05)
    monkeypatch.setattr(hints, "_SILENCE", 0.5)
    ada = await make_agent("Ada")
    with watched(tmp_path) as servers, servers.client(servers.replica) as chosen:
        settings.REDIS_URL = servers.url
        async with (
            running(monkeypatch, heal_every=0.05) as healing,
            running(monkeypatch, heal_every=NEVER) as hinted,
            elsewhere(ada, servers.url) as other,
        ):
            heals, hears = await watch(healing), await watch(hinted)
            with servers.client(servers.primary) as client:
                await until_heard_by(2, client)
            other.choose("busy")
            await hears.until(shows(ada, "Busy"))

            servers.fail(how)
            other.choose("on_break")
            await heals.until(shows(ada, "On Break"))

            await until_heard_by(2, chosen)
            other.choose("do_not_disturb")
            await hears.until(shows(ada, "Do Not Disturb"))
