"""The recordings, said to the connector over TCP: it tells what `replay_asterisk` tells."""

from collections.abc import Iterator

import pytest

from routing.connectors.asterisk import follower
from routing.connectors.asterisk.recording import Entry, find_origin, read
from tests.routing.asterisk.pbx import RECORDINGS
from tests.routing.connectors.live import ended_up, live, make_floor, spoken
from tests.routing.connectors.system import System
from tests.routing.test_replay import TIMELINES

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "SHORTEST_BACKOFF", 0.01)


def load(name: str) -> tuple[System, list[Entry]]:
    return System.recorded(RECORDINGS / f"{name}.jsonl")


async def played(name: str, cuts: Iterator[bool]) -> tuple[list[str], dict[str, object]]:
    """What changed and how it ended, where the connection is cut before each entry for which
    `cuts` says so."""
    system, entries = load(name)
    origin = find_origin(read(RECORDINGS / f"{name}.jsonl"))
    assert origin
    async with live(system, origin) as it:
        agents = await it.ask(lambda: make_floor(system, origin))
        await it.start(tells_pauses=False)
        await it.in_step()
        await it.ask(lambda: it.timeline.begin(agents, 0))
        for entry in spoken(entries):
            if next(cuts):
                await it.cut()
            await it.play(entry)
        for _ in range(3):
            await it.rest(1)
        return it.changes, await it.ask(ended_up)


def never() -> Iterator[bool]:
    while True:
        yield False


def always() -> Iterator[bool]:
    while True:
        yield True


@pytest.mark.parametrize("name", TIMELINES)
async def test_a_recording_gives_the_timeline_of_replay_asterisk(name: str) -> None:
    changes, _ = await played(name, never())
    assert changes == [line.strip() for line in TIMELINES[name].strip().splitlines()]
