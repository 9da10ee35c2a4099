"""Hints go out after the commit only, to listeners at once and to Redis without ever waiting."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from pytest_django import Settings

from presence import actions, hints
from presence.events import Choice, Choose
from presence.models import Agent
from presence.writing import write
from tests.factories import at, make_agent


@pytest.fixture
def heard() -> Iterator[list[list[int]]]:
    """What a listener hears."""
    found: list[list[int]] = []
    hints.listen(found.append)
    yield found
    hints.unlisten(found.append)


def _choose(agent: Agent, status: str) -> None:
    actions.apply(agent.pk, Choose(at=at(5), choice=Choice(status)))


@pytest.mark.usefixtures("committed")
def test_listeners_hear_after_the_commit_and_not_before(heard: list[list[int]]) -> None:
    agent = make_agent(mode="available")
    heard.clear()
    with write():
        _choose(agent, "busy")
        assert heard == []
    assert heard == [[agent.pk]]


@pytest.mark.usefixtures("committed")
def test_what_is_rolled_back_is_never_heard_of(heard: list[list[int]]) -> None:
    agent = make_agent(mode="available")
    heard.clear()

    def failing() -> None:
        with write():
            _choose(agent, "busy")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert heard == []


@pytest.mark.usefixtures("committed")
def test_what_changes_nothing_is_no_news(heard: list[list[int]]) -> None:
    agent = make_agent(mode="available")
    heard.clear()
    _choose(agent, "available")
    assert heard == []


@pytest.mark.usefixtures("committed")
def test_agents_changed_together_are_told_together(heard: list[list[int]]) -> None:
    one, two = make_agent(mode="available"), make_agent(mode="available")
    heard.clear()
    event = Choose(at=at(5), choice=Choice("busy"))
    actions.apply_all([(two.pk, event), (one.pk, event), (two.pk, event)])
    assert heard == [sorted([one.pk, two.pk])]


def test_a_listener_that_fails_harms_neither_writer_nor_other_listeners(
    heard: list[list[int]],
) -> None:
    def failing(_ids: list[int]) -> None:
        raise RuntimeError

    hints.listen(failing)
    try:
        hints.publish([3, 1, 3])
    finally:
        hints.unlisten(failing)
    assert heard == [[1, 3]]


def test_without_redis_nothing_is_queued(settings: Settings) -> None:
    settings.REDIS_URL = ""
    hints.publish([1])
    assert hints._outgoing.empty()


class Server:
    """A real Redis on a port of its own, that can be stopped and started again."""

    def __init__(self, binary: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [binary, "--port", str(self.port), "--bind", "127.0.0.1"]
        self._command += ["--save", "", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "redis.Redis":
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url)
        _until(client.ping)
        return client

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


def _until(ask: Callable[[], Any], tries: int = 2000) -> Any:
    """What `ask` gives once it gives something; asked again and again for a while."""
    for _ in range(tries):
        try:
            if answer := ask():
                return answer
        except redis.RedisError:
            pass
        threading.Event().wait(0.005)
    raise AssertionError("it never came")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    binary = shutil.which("redis-server")
    if binary is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no redis-server here")
    server = Server(binary, tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


def test_other_processes_hear_through_redis_and_its_loss_stops_nobody(
    server: Server, settings: Settings
) -> None:
    settings.REDIS_URL = server.url
    # Away: writers go on at once, more of them than the queue holds.
    for number in range(hints._outgoing.maxsize + 200):
        hints.publish([number])
    assert hints._outgoing.qsize() <= hints._outgoing.maxsize

    # Back: what is said from now on arrives.
    with server.start() as client, client.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(hints.CHANNEL)

        def told() -> list[int] | None:
            hints.publish([7, 5])
            message = channel.get_message(timeout=0.1)
            ids = json.loads(message["data"]) if message else None
            return ids if ids == [5, 7] else None

        assert _until(told) == [5, 7]

    # Away again, and back again.
    server.stop()
    hints.publish([1])
    with server.start() as client, client.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(hints.CHANNEL)

        def heard_again() -> bool:
            hints.publish([9])
            message = channel.get_message(timeout=0.1)
            return bool(message) and json.loads(message["data"]) == [9]

        assert _until(heard_again)
