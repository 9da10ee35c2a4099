"""Pages that come back at once, from a process of their own, so that they delay no watcher here.

    python -m bench.storming PORT ENOUGH < addresses

A page is let in when something comes, and served when it has ENOUGH bytes. Prints JSON when all are
served; and at the end of its input, how many are in by then.
"""

import asyncio
import json
import sys
import time

import uvloop

from bench.watching import Counting, connect

PATIENCE = 30.0
"""Seconds. Sockets that answer no ping are not kept much longer."""


async def main(port: int, enough: int) -> None:
    loop = asyncio.get_running_loop()
    paths = [line.strip() for line in iter(sys.stdin.readline, "\n")]
    began = time.perf_counter()
    sockets = await asyncio.gather(*(connect(port, path) for path in paths))
    accepted = await _all(sockets, 1, began)
    served = await _all(sockets, enough, began)
    print(json.dumps({"accepted": accepted, "served": served}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(sum(each.came >= enough and not each.closed for each in sockets))


async def _all(sockets: list[Counting], enough: int, began: float) -> float:
    """Seconds since it began until each has so many bytes."""
    while any(socket.came < enough for socket in sockets):
        if time.perf_counter() - began > PATIENCE:
            break
        await asyncio.sleep(0.02)
    return time.perf_counter() - began


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
