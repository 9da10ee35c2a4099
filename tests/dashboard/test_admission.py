"""Who is in goes on while many come in at once."""

import asyncio
import time
from itertools import pairwise

from dashboard.admission import Admission

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
