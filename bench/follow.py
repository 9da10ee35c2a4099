"""The connector's benchmark in one database, an empty one that DATABASE_URL names; prints what it
found as JSON: events a second, lags in milliseconds, memory in MB at the beginning and at the end.

python -m bench.follow SECONDS
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.exchange import AGENTS, WARM_UP, address, queue_of  # noqa: E402
from routing.connectors.asterisk.follower import Follower  # noqa: E402
from routing.connectors.desk import Desk  # noqa: E402
from routing.models import Connector  # noqa: E402
from routing.provision import Provision  # noqa: E402
from routing.reports import LegReported, MemberSeen, Report, SnapshotDone  # noqa: E402
from tests.routing.connectors.ami_server import SECRET, USER  # noqa: E402


class Watched(Desk):
    """A desk that notes when each thing that happened to a call was committed."""

    def __init__(self, connector: Connector) -> None:
        super().__init__(connector)
        self.committed: dict[tuple[str, str], float] = {}
        self.in_step = False

    def take(self, reports: Sequence[Report], now: datetime) -> None:
        super().take(reports, now)
        moment = time.monotonic()
        for report in reports:
            self.in_step |= isinstance(report, SnapshotDone)
            if isinstance(report, LegReported):
                self.committed.setdefault((report.leg, report.action.value), moment)


def make_floor() -> None:
    provision = Provision()
    for agent in range(AGENTS):
        provision.take(
            MemberSeen(
                at=timezone.now(),
                id="",
                queue=queue_of(agent),
                address=address(agent),
                name=f"Agent {agent}",
            )
        )


def memory() -> float:
    """What this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


async def follow(seconds: float) -> tuple[Watched, list[str], tuple[float, float]]:
    command = [sys.executable, "-m", "bench.exchange", str(seconds)]
    pipe = asyncio.subprocess.PIPE
    exchange = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert exchange.stdin
    assert exchange.stdout
    port = int(await exchange.stdout.readline())
    loop = asyncio.get_running_loop()
    desk = await loop.run_in_executor(None, make_desk, port)
    following = asyncio.create_task(Follower(desk).run())
    while not desk.in_step:
        await asyncio.sleep(0.1)
    exchange.stdin.write(b"\n")
    reading = asyncio.create_task(exchange.stdout.read())
    await asyncio.sleep(WARM_UP)
    before = memory()
    said = (await reading).decode().splitlines()
    after = memory()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await exchange.wait()
    return desk, said, (before, after)


def make_desk(port: int) -> Watched:
    account = {"user": USER, "secret": SECRET}
    return Watched(Connector.objects.create(name="bench", port=port, **account))


def main(seconds: float) -> None:
    call_command("migrate", verbosity=0)
    make_floor()
    desk, said, (before, after) = asyncio.run(follow(seconds))
    *happened, total = said
    _, events, duration = total.split()
    lags, lost = [], 0
    for line in happened:
        leg, action, moment = line.split()
        if committed := desk.committed.get((leg, action)):
            lags.append((committed - float(moment)) * 1000)
        else:
            lost += 1
    found = {
        "rate": int(events) / float(duration),
        "p50": statistics.median(lags),
        "p99": statistics.quantiles(lags, n=100)[98],
        "arrived": len(lags) / (len(lags) + lost),
        "memory": (before, after),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(float(sys.argv[1]))
