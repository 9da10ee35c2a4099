"""The recordings, said to the connector over TCP: it tells what `replay_asterisk` tells."""

from dataclasses import dataclass

import pytest

from routing.connectors.asterisk import follower
from routing.connectors.asterisk.recording import Entry, find_origin, read
from routing.models import Leg
from tests.routing.asterisk.pbx import RECORDINGS
from tests.routing.asterisk.test_cuts import uncut
from tests.routing.connectors.live import goes_on, live, make_floor, spoken
from tests.routing.connectors.system import System
from tests.routing.test_replay import TIMELINES


@dataclass(frozen=True)
class Played:
    changes: list[str]
    end: dict[str, set[tuple[str, ...]]]
    estimated: int


pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "SHORTEST_BACKOFF", 0.01)


def load(name: str) -> tuple[System, list[Entry]]:
    return System.recorded(RECORDINGS / f"{name}.jsonl")


async def played(name: str, every: int = 0, way: str = "cut") -> Played:
    """What changed and how it ended, where the connection is cut (or the process ends and another
    begins) before every so many entries."""
    system, entries = load(name)
    origin = find_origin(read(RECORDINGS / f"{name}.jsonl"))
    assert origin
    async with live(system, origin) as it:
        agents = await it.ask(lambda: make_floor(system, origin))
        await it.start(tells_pauses=False)
        await it.in_step()
        await it.ask(lambda: it.timeline.begin(agents, 0))
        for number, entry in enumerate(spoken(entries), 1):
            if every and number % every == 0:
                if way == "restart":
                    await it.stop()
                    await it.start(tells_pauses=False)
                    await it.in_step()
                else:
                    await it.cut()
            await it.play(entry)
        for _ in range(3):
            await it.rest(1)
        legs = await it.ask(lambda: list(Leg.objects.filter(estimated=True)))
        return Played(it.changes, await it.ask(goes_on), len(legs))


@pytest.mark.parametrize("name", TIMELINES)
async def test_a_recording_gives_the_timeline_of_replay_asterisk(name: str) -> None:
    told = await played(name)
    assert told.changes == [line.strip() for line in TIMELINES[name].strip().splitlines()]
    assert told.estimated == 0


@pytest.mark.parametrize("way", ["cut", "restart"])
@pytest.mark.parametrize("name", TIMELINES)
async def test_g5_however_often_the_link_is_lost_it_ends_the_same(name: str, way: str) -> None:
    told = await played(name, 7, way)
    truth = [line.split(maxsplit=1)[1] for line in TIMELINES[name].strip().splitlines()]
    assert [change.split(" ", 1)[1] for change in told.changes] == truth
    *_, end = uncut(name).values()
    assert told.end == {
        "legs": {(address, call) for address, _, call in end["legs"]},
        "waiting": {(call,) for call in end["waiting"]},
        "members": end["members"],
    }
