"""Hints go out after the commit only, to listeners at once and to Redis without ever waiting."""

import json
from collections.abc import Iterator
from functools import partial

import pytest
from pytest_django import Settings
from redis.client import PubSub

from presence import actions, hints
from presence.events import Choice, Choose
from presence.models import Agent
from presence.writing import write
from tests.factories import at, make_agent
from tests.services.redis_server import RedisServer
from tests.waiting import until


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


def test_other_processes_hear_through_redis_and_its_loss_stops_nobody(
    redis_server: RedisServer, settings: Settings
) -> None:
    settings.REDIS_URL = redis_server.url
    # Away: writers go on at once, more of them than the queue holds.
    for number in range(hints._outgoing.maxsize + 200):
        hints.publish([number])
    assert hints._outgoing.qsize() <= hints._outgoing.maxsize

    # Back: what is said from now on arrives.
    with redis_server.start() as client, client.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(hints.CHANNEL)

        until(lambda: [5, 7] in what_comes(channel, publish=[7, 5]))

    # Away again, and back again.
    redis_server.stop()
    hints.publish([1])
    with redis_server.start() as client, client.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(hints.CHANNEL)
        until(lambda: [9] in what_comes(channel, publish=[9]))


def what_comes(channel: PubSub, *, publish: list[int]) -> list[list[int]]:
    """What is told there, after this was published, until nothing is for a while."""
    hints.publish(publish)
    messages = iter(partial(channel.get_message, timeout=0.1), None)
    return [json.loads(message["data"]) for message in messages]
