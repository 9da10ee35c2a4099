"""Who is in goes on while many come in at once."""

import asyncio
import time
from itertools import pairwise

import pytest

from dashboard import admission as admission_module
from dashboard.admission import CROWD, LULL, Admission

COST = 0.005  # seconds that the process is busy with one who comes in


async def test_between_two_who_come_in_the_others_have_their_turns() -> None:
    admission = Admission()
    turns = 0
    seen: list[int] = []

    async def go_on() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def come() -> None:
        async with admission.one():
            until = time.perf_counter() + COST
            while time.perf_counter() < until:
                pass  # as a handshake keeps it busy
            seen.append(turns)

    others = asyncio.create_task(go_on())
    await asyncio.gather(*(come() for _ in range(10)))
    others.cancel()
    assert all(after - before > 10 for before, after in pairwise(seen))


async def test_a_crowd_is_served_when_all_of_it_are_in() -> None:
    admission = Admission()
    story: list[str] = []

    async def come(_number: int) -> None:
        async with admission.one():
            story.append("in")
        await admission.calm()
        story.append("served")

    crowd = [come(number) for number in range(CROWD + 5)]
    async with asyncio.timeout(5):
        await asyncio.gather(*crowd)
        assert "served" not in story[: len(crowd)]
        await admission.calm()


async def test_a_few_are_served_at_once() -> None:
    admission = Admission()

    async def come() -> None:
        async with admission.one():
            pass

    await asyncio.gather(*(come() for _ in range(CROWD - 1)))
    async with asyncio.timeout(LULL / 2):
        await admission.calm()


async def test_nobody_waits_for_ever_for_those_who_come_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission_module, "PATIENCE", 0.2)
    admission = Admission()

    async def stand() -> None:
        async with admission.one():
            await asyncio.Event().wait()

    stood = [asyncio.create_task(stand()) for _ in range(CROWD)]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await admission.calm()
    for each in stood:
        each.cancel()


async def test_one_who_goes_away_while_coming_in_keeps_nobody_out() -> None:
    admission = Admission()
    for _ in range(2):
        try:
            async with admission.one():
                raise OSError("gone")
        except OSError:
            pass
    async with asyncio.timeout(5), admission.one():
        pass
