"""How many messages a second one process sends to many sockets, beside others' servers.

    python -m bench.fanout [--ws FOLDER]

200 sockets, 300 bytes, at a rate that each server bears; messages for each second of processor time
that the server took, so that other work on the machine counts little. `--ws` is where npm put `ws`.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass

import uvloop

from bench import results
from bench.watching import connect, cpu
from tests.ports import answers, free_port
from tests.waiting import until

SOCKETS = 200
FRAME = 304  # bytes of a text of 300 on the wire
FAST, SLOW = (300.0, 900), (15.0, 45)
"""Rounds a second, and how many; the slow one for `group_send`, which bears no more."""
RUNS = 2


@dataclass(frozen=True)
class Result:
    """`per_core` is messages a second of processor time; `arrived` is a share."""

    way: str
    per_core: float
    arrived: float


async def measure(way: str, command: list[str], pace: tuple[float, int]) -> Result:
    port = free_port()
    rate, rounds = pace
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.settings", "SECRET_KEY": "bench"}
    server = await asyncio.create_subprocess_exec(
        *command, str(port), str(SOCKETS), str(rate), str(rounds), env=env, stdout=subprocess.PIPE
    )
    assert server.stdout
    try:
        await asyncio.to_thread(until, lambda: answers(port))
        sockets = [await connect(port) for _ in range(SOCKETS)]
        async with asyncio.timeout(30):
            await server.stdout.readline()
            before, taken = sum(each.came for each in sockets), cpu(server.pid)
            await server.stdout.readline()
        taken = cpu(server.pid) - taken
        messages = (sum(each.came for each in sockets) - before) / FRAME
        return Result(way, messages / max(taken, 0.01), messages / (SOCKETS * rounds))
    finally:
        server.kill()
        await server.wait()


async def best(way: str, command: list[str], pace: tuple[float, int]) -> Result:
    found = [await measure(way, command, pace) for _ in range(RUNS)]
    return max(found, key=lambda result: result.per_core)


async def run(library: str) -> list[Result]:
    fans = [sys.executable, "-m", "bench.fans"]
    ours = await best("Rollcall", [*fans, "Rollcall"], FAST)
    others = [await best("websockets", [*fans, "websockets"], FAST)]
    node = shutil.which("node")
    if node and library:
        others.append(await best("node ws", [node, "bench/fanout.js", library], FAST))
    others.append(await best("group_send", [*fans, "group_send"], SLOW))
    return [ours, *others]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ws", default="", help="the folder of node's ws, for its row")
    found = uvloop.run(run(parser.parse_args().ws))
    print(
        "| server | messages/s of one core | arrived | Rollcall is x |\n| :-- | --: | --: | --: |"
    )
    for each in found:
        times = found[0].per_core / each.per_core
        print(f"| {each.way} | {each.per_core:,.0f} | {each.arrived:.1%} | {times:.2f} |")
    if not any(each.way == "node ws" for each in found):
        print("| node ws | not measured: no node, or no --ws | | |")
    results.save("fanout", [asdict(each) for each in found])


if __name__ == "__main__":
    main()
