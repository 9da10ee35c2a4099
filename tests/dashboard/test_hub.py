"""The hub: every change reaches every watcher, and nobody slow holds up the rest."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone

from dashboard import editions, turns
from dashboard import hub as hubs
from dashboard.hub import Hub
from dashboard.outbox import LIMIT, TOO_SLOW, Outbox
from dashboard.tickets import Ticket
from presence import actions, hints
from presence.events import Choice, Choose
from presence.models import Agent, Status
from routing.models import Queue
from tests import factories

pytestmark = pytest.mark.usefixtures("committed")

P = ParamSpec("P")
T = TypeVar("T")

MONITOR = Ticket(user=None, agent=None, monitor=True)


class Socket:
    """A browser's end: remembers what it was sent; one that does not read blocks its sender."""

    def __init__(self, *, reads: bool = True) -> None:
        self.messages: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._reads = reads
        self._came = asyncio.Condition()

    async def send(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            self.closed = event["code"]
        elif not self._reads:
            await asyncio.Event().wait()
        else:
            self.messages.append(json.loads(event["text"]))
        async with self._came:
            self._came.notify_all()

    async def until(self, wanted: Callable[["Socket"], object]) -> None:
        async with asyncio.timeout(5), self._came:
            await self._came.wait_for(lambda: wanted(self))

    def rows(self) -> dict[str, str]:
        """What the page shows after all messages."""
        shown: dict[str, str] = {}
        for message in self.messages:
            shown = {} if message.get("snapshot") else shown
            shown |= message.get("rows", {})
            for agent_id in message.get("gone", []):
                shown.pop(str(agent_id), None)
        return shown


def in_database(job: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Run in a thread whose connection is closed after it."""

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return job(*args, **kwargs)
        finally:
            connections.close_all()

    return sync_to_async(run, thread_sensitive=False)


@in_database
def make_agent(name: str) -> Agent:
    return factories.make_agent(name, mode="available")


@in_database
def choose(agent: Agent, status: str) -> None:
    actions.apply(agent.pk, Choose(at=timezone.now(), choice=Choice(status)))


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    started = Hub()
    await started.start()
    yield started
    await started.stop()


def shows(agent: Agent, words: str) -> Callable[[Socket], bool]:
    return lambda socket: words in socket.rows().get(str(agent.pk), "")


async def watch(hub: Hub, ticket: Ticket = MONITOR) -> Socket:
    socket = Socket()
    outbox = Outbox(socket.send)
    hub.join(outbox, ticket)
    hub.show_bar(outbox)
    return socket


async def test_a_monitor_gets_a_snapshot_and_then_what_changes(hub: Hub) -> None:
    ada = await make_agent("Ada")
    socket = await watch(hub)
    await socket.until(shows(ada, "Available"))
    await choose(ada, "on_break")
    await socket.until(shows(ada, "On Break"))


async def test_g18_a_missed_hint_heals(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await make_agent("Ada")
    socket = await watch(hub)
    await socket.until(shows(ada, "Available"))
    hints.unlisten(hub._hint)
    await choose(ada, "busy")
    await socket.until(shows(ada, "Busy"))


async def test_an_agent_who_was_deactivated_leaves_the_board(hub: Hub) -> None:
    ada = await make_agent("Ada")
    socket = await watch(hub)
    await socket.until(shows(ada, "Ada"))
    await in_database(Agent.objects.filter(pk=ada.pk).update)(active=False)
    await socket.until(lambda socket: not socket.rows())


async def test_a_watcher_who_joins_while_things_change_misses_nothing(hub: Hub) -> None:
    ada = await make_agent("Ada")
    first = await watch(hub)
    await first.until(shows(ada, "Available"))
    changing = asyncio.gather(*[choose(ada, status) for status in ("busy", "on_break", "busy")])
    late = [await watch(hub) for _ in range(5)]
    await changing
    await choose(ada, "do_not_disturb")
    for socket in late:
        await socket.until(shows(ada, "Do Not Disturb"))


async def test_a_socket_that_stops_reading_is_dropped_and_delays_nobody(hub: Hub) -> None:
    ada = await make_agent("Ada")
    stuck = Socket(reads=False)
    hub.join(Outbox(stuck.send), MONITOR)
    good = await watch(hub)
    await good.until(shows(ada, "Available"))
    for _ in range(LIMIT + 1):
        await hub._beat()
        await asyncio.sleep(0)
    await stuck.until(lambda socket: socket.closed == TOO_SLOW)
    await choose(ada, "busy")
    await good.until(shows(ada, "Busy"))
    assert good.closed is None


async def test_e15_every_page_of_an_agent_gets_their_bar(hub: Hub) -> None:
    ada = await make_agent("Ada")
    ticket = Ticket(user=ada.user_id, agent=ada.pk, monitor=False)
    tabs = [await watch(hub, ticket), await watch(hub, ticket)]
    await choose(ada, "on_break")
    for tab in tabs:
        await tab.until(lambda tab: any("On Break" in m.get("bar", "") for m in tab.messages))
        assert not tab.rows()


async def test_a_change_does_not_wait_until_every_page_has_come_back(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "FEWEST", 1)
    monkeypatch.setattr(turns, "LONG", 0)
    ada, *others = [await make_agent(f"Ada {number}") for number in range(6)]
    monitor = await watch(hub)
    await monitor.until(shows(others[-1], "Available"))
    await make_one_page_come_back(hub, others[0])
    hints.unlisten(hub._hint)
    await choose(ada, "busy")
    pages = [await watch(hub, page_of(other)) for other in others]
    hub.changed([ada.pk])
    await monitor.until(shows(ada, "Busy"))
    assert sum(bool(page.messages) for page in pages) < len(pages)
    for page in pages:
        await page.until(lambda page: "bar" in page.messages[0] if page.messages else False)


def page_of(agent: Agent) -> Ticket:
    return Ticket(user=agent.user_id, agent=agent.pk, monitor=False)


async def make_one_page_come_back(hub: Hub, agent: Agent) -> None:
    """So that the next frame has time for as few as it may."""
    page = await watch(hub, page_of(agent))
    await page.until(lambda page: page.messages)


@pytest.mark.parametrize(
    ("spent", "pause"),
    [(0.001, 0.01), (0.01, 0.04), (0.04, 0.06), (0.07, 0.07), (0.5, 0.1)],
)
def test_a_busy_floors_frames_come_every_tenth_of_a_second_and_leave_time(
    spent: float, pause: float
) -> None:
    assert hubs._pause(spent) == pytest.approx(pause)


async def test_a_database_that_is_away_stops_the_hub_only_for_so_long(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await make_agent("Ada")
    socket = await watch(hub)
    await socket.until(shows(ada, "Available"))
    monkeypatch.setattr(hubs, "_RETRY", 0.01)
    failures = iter([RuntimeError("away"), RuntimeError("still away")])
    read = hub._board.read

    def failing(*args: Any) -> Any:
        if error := next(failures, None):
            raise error
        return read(*args)

    monkeypatch.setattr(hub._board, "read", failing)
    await choose(ada, "busy")
    await socket.until(shows(ada, "Busy"))


async def test_a_hub_that_cannot_read_claims_nothing_and_then_gives_everything(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await make_agent("Ada")
    early = await watch(hub)
    await early.until(shows(ada, "Available"))
    monkeypatch.setattr(hubs, "_RETRY", 0.01)
    differing = hub._board.differing
    hub._board.differing = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    hub._read_at -= hubs.IN_STEP
    late = await watch(hub)
    await hub._beat()
    await choose(ada, "busy")
    heard = len(early.messages)
    await asyncio.sleep(0.05)
    assert (len(early.messages), late.messages) == (heard, [])
    hub._board.differing = differing  # type: ignore[method-assign]
    for socket in (early, late):
        await socket.until(shows(ada, "Busy"))
        assert socket.messages[-1]["snapshot"]
    await hub._beat()
    await late.until(lambda socket: list(socket.messages[-1]) == ["now"])


async def test_no_beat_comes_before_the_bar(hub: Hub) -> None:
    ada = await make_agent("Ada")
    monitor = await watch(hub)
    await monitor.until(shows(ada, "Available"))
    page = await watch(hub, Ticket(user=ada.user_id, agent=ada.pk, monitor=False))
    await hub._beat()
    await page.until(lambda page: page.messages)
    assert "bar" in page.messages[0]


async def test_open_pages_learn_of_new_names_to_filter_by(hub: Hub) -> None:
    await make_agent("Ada")
    socket = await watch(hub)
    await socket.until(lambda socket: socket.messages)
    assert "Available" in socket.messages[0]["tiles"]
    await in_database(Status.objects.filter(pk="busy").update)(label="Paperwork")
    await in_database(factories.make_team)("Sales")
    await socket.until(
        lambda socket: any(
            "Paperwork" in message.get("tiles", "") and "Sales" in message["tiles"]
            for message in socket.messages
        )
    )


async def test_whoever_is_not_that_agent_any_more_loses_the_socket(hub: Hub) -> None:
    ada, bob = await make_agent("Ada"), await make_agent("Bob")
    own = await watch(hub, Ticket(user=ada.user_id, agent=ada.pk, monitor=False))
    others = await watch(hub, Ticket(user=ada.user_id, agent=bob.pk, monitor=False))
    await hub._recheck()
    await others.until(lambda socket: socket.closed == hubs.SIGNED_OUT)
    assert own.closed is None
    await in_database(Agent.objects.filter(pk=ada.pk).update)(active=False)
    await hub._recheck()
    await own.until(lambda socket: socket.closed == hubs.SIGNED_OUT)


async def test_a_user_who_lost_the_right_to_watch_is_shown_out(hub: Hub) -> None:
    user = await in_database(factories.make_user)("sam", superuser=True)
    socket = await watch(hub, Ticket(user=user.pk, agent=None, monitor=True))
    await hub._recheck()
    assert socket.closed is None
    await in_database(type(user).objects.filter(pk=user.pk).update)(is_superuser=False)
    await hub._recheck()
    await socket.until(lambda socket: socket.closed == hubs.SIGNED_OUT)


@in_database
def make_queue(members: list[Agent]) -> Queue:
    queue = factories.make_queue("Helpdesk", members=members)
    actions.refresh(agent.pk for agent in members)
    return queue


@in_database
def call_in(queue: Queue) -> None:
    factories.call_in(queue)


def cards(socket: Socket) -> dict[str, str]:
    """The queue strip after all messages."""
    shown: dict[str, str] = {}
    for message in socket.messages:
        if found := message.get("strip"):
            shown |= found["cards"]
            shown = {str(queue): shown[str(queue)] for queue in found["order"]}
    return shown


def tells(queue: Queue, words: str) -> Callable[[Socket], bool]:
    return lambda socket: words in cards(socket).get(str(queue.pk), "")


async def test_a_call_that_comes_in_is_on_the_strip_at_once(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await make_queue([await make_agent("Ada")])
    socket = await watch(hub)
    await socket.until(tells(queue, "<b>0</b> waiting"))
    monkeypatch.setattr(hub._board, "differing", lambda: 1 / 0)  # no beat would bring it
    await call_in(queue)
    await socket.until(tells(queue, "<b>1</b> waiting"))


async def test_the_strip_moves_with_the_rows(hub: Hub) -> None:
    ada = await make_agent("Ada")
    queue = await make_queue([ada])
    socket = await watch(hub)
    await socket.until(lambda socket: cards(socket) and not tells(queue, "Nobody ready")(socket))
    await choose(ada, "busy")
    await socket.until(tells(queue, "Nobody ready"))
    assert shows(ada, "Busy")(socket)


async def test_a_queue_that_no_hint_told_of_comes_and_goes_with_the_beat(hub: Hub) -> None:
    await make_agent("Ada")
    socket = await watch(hub)
    await socket.until(lambda socket: socket.messages)
    queue = await make_queue([])
    await socket.until(tells(queue, "Helpdesk"))
    late = await watch(hub)
    await late.until(tells(queue, "Helpdesk"))
    await in_database(Queue.objects.update)(active=False)
    for watching in (socket, late):
        await watching.until(lambda watching: cards(watching) == {})


async def test_a_large_floor_comes_in_parts_with_what_changes_meanwhile_after_them(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "PART", 2)
    agents = [await make_agent(name) for name in ("Ada", "Bob", "Cy", "Dee", "Eve")]
    early = await watch(hub)
    await early.until(shows(agents[-1], "Available"))
    late = await watch(hub)
    await choose(agents[0], "busy")
    await late.until(shows(agents[0], "Busy"))
    first, *parts = late.messages[:3]
    assert first["snapshot"]
    assert first["ids"] == [agent.pk for agent in agents]
    assert [(part["part"], len(part["rows"])) for part in parts] == [(True, 2), (True, 1)]
    assert len(late.rows()) == 5
