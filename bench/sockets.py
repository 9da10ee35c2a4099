"""What a watcher's socket that is idle holds in memory, beside one of the same server let in only.

    python -m bench.sockets [--sockets 2000]

Each way has a server of its own, and what that held before its first socket does not count.
"""

import argparse
import asyncio
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import results
from bench.board import Target, serve
from bench.crowd import quiet
from bench.watching import connect, memory

AGENTS = 100
FIRST = 50
"""Sockets that come before it is measured, for the first need what all share."""


@dataclass(frozen=True)
class Result:
    """Bytes of the server's memory for each socket."""

    way: str
    sockets: int
    bytes: float


async def measure(port: int, pid: int, way: str, path: str, count: int) -> Result:
    early = [await connect(port, path, compressed=True) for _ in range(FIRST)]
    await quiet(*early)
    before = memory(pid)
    sockets = [await connect(port, path, compressed=True) for _ in range(count)]
    await quiet(*sockets)
    held = memory(pid) - before
    if not all(socket.came and not socket.closed for socket in sockets):
        raise RuntimeError("Not every socket was let in.")
    for socket in early + sockets:
        socket.transport.close()
    return Result(way, count, held / count)


def run(way: str, count: int) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        server, port, ticket = serve(AGENTS, Path(folder))
        watching = Target(port, ticket, AGENTS, 0, 0).address(plain=False)
        path = watching.partition(str(port))[2] if way == "watcher" else "/ws/bare/"
        try:
            return asyncio.run(measure(port, server.pid, way, path, count))
        finally:
            server.terminate()
            server.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=2000)
    count = parser.parse_args().sockets
    found = [run(way, count) for way in ("watcher", "let in only")]
    print("| socket | kB each | x |\n| :-- | --: | --: |")
    for r in found:
        print(f"| {r.way} | {r.bytes / 1000:.1f} | {r.bytes / found[1].bytes:.2f} |")
    results.save("sockets", [asdict(each) for each in found])


if __name__ == "__main__":
    main()
