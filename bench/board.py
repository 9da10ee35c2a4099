"""How fast a change reaches the board: from the POST to the row's arrival in a WebSocket client.

    python -m bench.board [--seconds 4] [--rate 50] [--quick]

For each number of agents and watchers the same load runs twice in one server process: through the
hub, and through plain per-connection `group_send`. Prints a table of p50 and p99 in milliseconds,
the share of changes that arrived, and the ratio of the two; writes bench/results/board.json.
"""

import argparse
import asyncio
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import websockets

from bench import results
from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent
WATCHER, PASSWORD = "watcher", "bench"  # who signs in to the floor that bench.floor makes
MEASURED = 5  # watchers whose messages are parsed; the others only read
SENDERS = 8  # connections that carry the changes
ORIGIN = websockets.Origin("http://127.0.0.1")
SETTLE = 3.0  # seconds to wait for what is still under way

_NUMBER = re.compile(r">change(\d+)<")


# By agent: when, and which change.
Moments = dict[int, list[tuple[float, int]]]
_changes = itertools.count(1)


@dataclass
class Result:
    """One cell: latencies in milliseconds, `arrived` of the changes that were made (0 to 1)."""

    agents: int
    watchers: int
    way: str
    changes: int
    p50: float
    p99: float
    arrived: float


class Watchers:
    """Sockets that watch; some note when which change of which agent arrived."""

    def __init__(self, url: str, count: int, compression: str | None = None) -> None:
        self._url = url
        self._compression = compression
        self._count = count
        self._tasks: list[asyncio.Task[None]] = []
        self.arrivals: list[Moments] = []
        self.came = 0
        """Messages that were taken in."""

    async def __aenter__(self) -> "Watchers":
        sockets = []
        for _ in range(self._count):
            sockets.append(
                await websockets.connect(
                    self._url, max_size=None, compression=self._compression, origin=ORIGIN
                )
            )
        for position, watcher in enumerate(sockets):
            measured = position < MEASURED
            self._tasks.append(asyncio.create_task(self._watch(watcher, measured)))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self, watcher: websockets.ClientConnection, measured: bool) -> None:
        seen: Moments = defaultdict(list)
        if measured:
            self.arrivals.append(seen)
        async with watcher:
            async for text in watcher:
                now = time.perf_counter()
                if measured:
                    for agent, html in json.loads(text).get("rows", {}).items():
                        if found := _NUMBER.search(html):
                            seen[int(agent)].append((now, int(found[1])))
                self.came += 1


class Load:
    """Changes at an even rate over keep-alive connections, or fewer where the server takes fewer;
    remembers when each was sent."""

    def __init__(self, port: int, agents: int, rate: float, plain: bool) -> None:
        self._port = port
        self._agents = agents
        self._gap = 1 / rate
        self._suffix = "&plain=1" if plain else ""
        self.sent: Moments = defaultdict(list)

    async def run(self, seconds: float) -> None:
        queue: asyncio.Queue[int | None] = asyncio.Queue()
        senders = [asyncio.create_task(self._send(queue)) for _ in range(SENDERS)]
        began = time.perf_counter()
        for step in range(int(seconds / self._gap)):
            await asyncio.sleep(max(0, began + step * self._gap - time.perf_counter()))
            queue.put_nowait(next(_changes))
        while not queue.empty():
            queue.get_nowait()
        for _ in senders:
            queue.put_nowait(None)
        await asyncio.gather(*senders)

    async def _send(self, queue: "asyncio.Queue[int | None]") -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while number := await queue.get():
            agent = number % self._agents + 1
            self.sent[agent].append((time.perf_counter(), number))
            path = f"/bench/change?agent={agent}&note=change{number}{self._suffix}"
            writer.write(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 204 " not in answer.splitlines()[0]:
                raise RuntimeError(f"The server answered {answer.splitlines()[0]!r}")
        writer.close()


def latencies(sent: Moments, seen: Moments) -> list[float | None]:
    """Seconds from each change to its arrival at one watcher, or that of a later change of the same
    agent, which makes it obsolete; None where neither came."""
    found: list[float | None] = []
    for agent, changes in sent.items():
        for at, number in changes:
            arrived = (t for t, later in seen.get(agent, []) if later >= number)
            first = next(arrived, None)
            found.append(None if first is None else first - at)
    return found


@dataclass(frozen=True)
class Target:
    """A server under load."""

    port: int
    ticket: str
    agents: int
    rate: float
    seconds: float

    def address(self, plain: bool) -> str:
        path = "ws/plain/" if plain else f"ws/?ticket={self.ticket}"
        return f"ws://127.0.0.1:{self.port}/{path}"


async def measure(target: Target, watchers: int, *, plain: bool) -> Result:
    """Run one cell."""
    async with Watchers(target.address(plain), watchers) as watching:
        await asyncio.sleep(1)
        load = Load(target.port, target.agents, target.rate, plain)
        await load.run(target.seconds)
        await asyncio.sleep(SETTLE)
    every = [value for seen in watching.arrivals for value in latencies(load.sent, seen)]
    came = sorted(value * 1000 for value in every if value is not None)
    cuts = statistics.quantiles(came, n=100) if len(came) > 1 else [float("nan")] * 99
    changes = sum(len(changes) for changes in load.sent.values())
    arrived = len(came) / max(1, len(every))
    way = "group_send" if plain else "hub"
    return Result(target.agents, watchers, way, changes, cuts[49], cuts[98], arrived)


def serve(agents: int, folder: Path) -> tuple["subprocess.Popen[bytes]", int, str]:
    """Start a server over a new floor; gives its process, port and a ticket."""
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "SECRET_KEY": "bench",
        "LOG_LEVEL": "ERROR",
    }
    made = subprocess.run(
        [sys.executable, "-m", "bench.floor", str(agents)],
        cwd=ROOT,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    port = free_port()
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "bench.server:application",
            "--port",
            str(port),
            "--log-level",
            "error",
            "--ws",
            "dashboard.wire:Wire",
            "--ws-per-message-deflate",
            "false",
        ],
        cwd=ROOT,
        env=env,
    )
    until(lambda: ready(port))
    return server, port, made.stdout.strip()


def ready(port: int) -> bool:
    """Whether the server answers, and its boards show the floor."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success
    except httpx.TransportError:
        return False


def row(hub: Result, plain: Result) -> str:
    return (
        f"| {hub.agents:>6} | {hub.watchers:>8} | {hub.p50:>7.0f} | {hub.p99:>7.0f} "
        f"| {hub.arrived:>7.1%} | {plain.p50:>10.0f} | {plain.p99:>10.0f} | {plain.arrived:>10.1%} "
        f"| {plain.p50 / hub.p50:>5.1f} | {plain.p99 / hub.p99:>5.1f} |"
    )


HEAD = (
    "| agents | watchers | hub p50 | hub p99 | arrived | plain p50  | plain p99  | arrived    "
    "| x p50 | x p99 |\n"
    "| -----: | -------: | ------: | ------: | ------: | ---------: | ---------: | ---------: "
    "| ----: | ----: |"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load lasts")
    parser.add_argument("--rate", type=float, default=50.0, help="changes a second")
    parser.add_argument("--quick", action="store_true", help="300 agents only")
    options = parser.parse_args()
    sizes = (300,) if options.quick else (30, 300, 3000)
    crowds = (1, 20, 200)
    found: list[Result] = []
    print(f"{options.rate:.0f} changes/s for {options.seconds:.0f} s; milliseconds\n\n{HEAD}")
    for agents in sizes:
        with tempfile.TemporaryDirectory() as folder:
            server, port, ticket = serve(agents, Path(folder))
            try:
                target = Target(port, ticket, agents, options.rate, options.seconds)
                for watchers in crowds:
                    hub = asyncio.run(measure(target, watchers, plain=False))
                    plain = asyncio.run(measure(target, watchers, plain=True))
                    found += [hub, plain]
                    print(row(hub, plain), flush=True)
            finally:
                server.terminate()
                server.wait(10)
    results.save("board", [asdict(each) for each in found])


if __name__ == "__main__":
    main()
