"""The transitions' benchmark in one database, an empty one that DATABASE_URL names; prints its rows
of the table, and the last line as JSON.

python -m bench.writers SECONDS
"""

import json
import random
import sqlite3
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import pgbench, plain, world  # noqa: E402
from bench.decisions import settle  # noqa: E402
from presence.events import Choice, Choose  # noqa: E402
from presence.rules import RulesReader  # noqa: E402
from presence.writing import FairLock  # noqa: E402
from routing import actions  # noqa: E402

WRITERS, AGENTS, REPEATS = 8, 1_000, 3
LOCK = "SELECT * FROM presence_agentstate s JOIN presence_agent a ON a.id = s.agent_id"
RULES = "SELECT * FROM presence_floor f CROSS JOIN presence_status s WHERE f.id = 1"
STATE = """
UPDATE presence_agentstate
SET version = version + 1, at = {now}, mode_id = {mode}, mode_since = {now}, shown_status_id =
    {mode}, shown_since = {now}, shown_version = version + 1 WHERE agent_id = {agent}
"""
INTERVAL = """
INSERT INTO presence_interval (agent_id, version, status_id, note, started_at, ended_at, cause)
SELECT agent_id, version - 1, 'busy', '', at, at, 'agent' FROM presence_agentstate
WHERE agent_id = {agent}
"""
TRANSITION = """
INSERT INTO presence_transition (agent_id, version, at, event, details, source)
SELECT agent_id, version, at, 'Choose', '{{"choice": {{"status": "busy", "reason": null}}}}',
    'bench' FROM presence_agentstate WHERE agent_id = {agent}
"""
EVENT = """
INSERT INTO presence_outboxevent (uid, type, at, subject, data)
VALUES ({uid}, 'agent.status_changed', {now}, 'agent:1',
    '{{"agent": {{"id": 1, "name": "agent1"}}, "version": 2, "status": "busy", "mode": "busy",
    "cause": "agent", "why_not": ["mode"], "may_receive": false, "pending": null}}')
"""
WRITES = (STATE, INTERVAL, TRANSITION, EVENT)
MODES = ("busy", "on_break")


@dataclass(frozen=True)
class Rate:
    """Transitions a second of one process, and what one took (milliseconds)."""

    rate: float
    p50: float
    p99: float


def _median(runs: list[Rate]) -> Rate:
    return Rate(*(statistics.median(column) for column in zip(*map(_tuple, runs), strict=True)))


def _tuple(run: Rate) -> tuple[float, float, float]:
    return run.rate, run.p50, run.p99


def _ours(agent_id: int, mode: str) -> None:
    event = Choose(at=timezone.now(), source="bench", choice=Choice(mode))
    actions.apply(agent_id, event)


def _plain(agent_id: int, mode: str) -> None:
    plain.apply(agent_id, Choose(at=timezone.now(), source="bench", choice=Choice(mode)))


_turns = FairLock()  # as Rollcall's own writers on SQLite
_here = threading.local()


def _bare(agent_id: int, mode: str) -> None:
    """The same in SQL through the driver, on SQLite."""
    if not hasattr(_here, "own"):
        database = settings.DATABASES["default"]
        _here.own = sqlite3.connect(database["NAME"], isolation_level=None)
        _here.own.executescript(database["OPTIONS"]["init_command"])
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    names = {"agent": agent_id, "mode": f"'{mode}'", "now": f"'{now}'"}
    _turns.acquire()
    try:
        _here.own.execute("BEGIN IMMEDIATE")
        _here.own.execute(f"{LOCK} WHERE agent_id = {agent_id}").fetchall()
        _here.own.execute(RULES).fetchall()
        for sql in WRITES:
            _here.own.execute(sql.format(**names, uid=f"'{uuid.uuid4().hex}'"))
        _here.own.execute("COMMIT")
    finally:
        _turns.release()


def _pgbench(seconds: int) -> float:
    names = {"agent": ":agent", "mode": "'busy'", "now": "now()"}
    writes = ";".join(sql.format(**names, uid="gen_random_uuid()") for sql in WRITES)
    script = f"""
\\set agent random(1, {AGENTS})
BEGIN;
{LOCK} WHERE agent_id = :agent FOR UPDATE OF s;
{RULES};
{writes};
COMMIT;
"""
    return pgbench.rate(script, WRITERS, seconds)


def run(transit: Callable[[int, str], None], seconds: float, writers: int) -> Rate:
    """Let threads set modes of agents by chance; each agent's alternates, so that all change."""
    took: list[float] = []
    modes = dict.fromkeys(range(1, AGENTS + 1), 0)
    end = time.perf_counter() + seconds

    def write(first: int) -> None:
        chance, mine = random.Random(first), range(first + 1, AGENTS + 1, writers)
        while (began := time.perf_counter()) < end:
            agent_id = chance.choice(mine)
            transit(agent_id, MODES[modes[agent_id] % 2])
            modes[agent_id] += 1
            took.append((time.perf_counter() - began) * 1000)
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return Rate(len(took) / seconds, cuts[49], cuts[98])


def main(seconds: int) -> None:
    call_command("migrate", verbosity=0)
    RulesReader()  # the floor's settings, which the bare SQL reads
    world.make_queues()
    world.grow(AGENTS)
    settle()
    lite = connection.vendor == "sqlite"
    found = {
        writers: compare(writers, seconds) for writers in ((1, WRITERS) if lite else (WRITERS,))
    }
    print(json.dumps(found))


def compare(writers: int, seconds: int) -> dict[str, Any]:
    """Print the table's row for so many writers at once; gives its figures."""
    found: dict[str, list[Rate]] = {"ours": [], "plain": []}
    limits = []
    for _ in range(REPEATS):  # in turns
        found["ours"].append(run(_ours, seconds, writers))
        found["plain"].append(run(_plain, seconds, writers))
        limits.append(_limit(seconds))
    limit = statistics.median(limits)
    ours, slow = _median(found["ours"]), _median(found["plain"])
    cells = (ours.rate, ours.p50, ours.p99, slow.rate, slow.p50, slow.p99, limit)
    shares = f"{ours.rate / limit:.2f} | {slow.rate / limit:.2f}"
    name = f"{connection.vendor}, {writers} writer{'s' * (writers > 1)}"
    print(f"| {name} | {' | '.join(f'{cell:,.1f}' for cell in cells)} | {shares} |", flush=True)
    return {"ours": asdict(ours), "plain": asdict(slow), "limit": limit}


def _limit(seconds: int) -> float:
    """What the database itself makes a second: SQLite's one writer is fastest alone."""
    if connection.vendor == "sqlite":
        return run(_bare, seconds, 1).rate
    return _pgbench(seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
