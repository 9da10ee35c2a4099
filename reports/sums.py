"""Adding up time in the database: one statement, which sees history and the present at one moment,
so that nothing is counted twice or missed while agents go on."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reports import dialect
from reports.parts import Bundle, share_out
from reports.wish import BY_AGENT, Wish
from routing.sight import Sight

STATUSES = (
    """
    SELECT agent_id AS agent, status_id AS code, reason_id AS reason, note,
        started_at AS began, ended_at AS ended, 0 AS running
    FROM presence_interval WHERE ended_at > %(start)s AND started_at < %(end)s
    """,
    """
    SELECT agent_id AS agent, shown_status_id AS code, shown_reason_id AS reason,
        shown_note AS note, shown_since AS began, %(now)s AS ended, 1 AS running
    FROM presence_agentstate
    WHERE shown_since < %(now)s AND shown_since < %(end)s AND %(now)s > %(start)s
    """,
)
"""What showed, by status and reason: what is over, and what still runs."""

LEGS = (
    """
    SELECT agent_id AS agent, state AS code, CAST(NULL AS bigint) AS reason,
        started_at AS began, ended_at AS ended, 0 AS running
    FROM routing_legspan WHERE ended_at > %(start)s AND started_at < %(end)s
    """,
    """
    SELECT agent_id AS agent, state AS code, CAST(NULL AS bigint) AS reason,
        since AS began, %(now)s AS ended, 1 AS running
    FROM routing_leg
    WHERE ended_at IS NULL AND since < %(now)s AND since < %(end)s AND %(now)s > %(start)s
    """,
)
"""What agents' parts in calls were doing, by state, in the same way."""

OF_TEAM = "agent IN (SELECT id FROM presence_agent WHERE team_id = %(team)s)"
OF_QUEUE = """agent IN (
    SELECT member.agent_id FROM routing_membership member
    JOIN routing_ringgroup tier ON tier.id = member.ring_group_id
    WHERE tier.queue_id = %(queue)s)"""


@dataclass(frozen=True, slots=True)
class Sum:
    """Microseconds in one status or state, of one agent (None: of all together), in a bucket.
    `open`: some of it still runs."""

    agent: int | None
    bucket: int
    code: str
    reason: int | None
    spent: int
    open: bool


def read(
    wish: Wish, source: Iterable[str], now: datetime, *, reasons: bool = False
) -> Iterator[Sum]:
    """What the wish asks for of a source, no later than `now`; with `reasons`, each by itself."""
    borders = wish.borders()
    asked: dict[str, object] = {"start": borders[0], "end": borders[-1], "now": now}
    ours = of(wish, asked)
    # Each key costs time, and one that few have makes PostgreSQL expect far too many groups.
    keys = {"code", *(["agent"] if wish.by in BY_AGENT else []), *(["reason"] if reasons else [])}
    if len(borders) == 2:
        statement = " UNION ALL ".join(
            _added_up(part, keys, _one_bucket(), ours) for part in source
        )
    else:
        # Put together first, for PostgreSQL expects a group for nearly every row of a table whose
        # columns it knows, and then would not add up in parallel.
        keys |= {"reason", "first", "last"}
        statement = _added_up(" UNION ALL ".join(source), keys, _buckets(), ours)
    for row in dialect.rows(statement, asked, borders):
        whose, code, reason, first, last, running, count, total, late = row
        bundle = Bundle(first, last, count, int(total), int(late or 0))
        runs_in = bisect_right(borders, now) - 1 if running else None
        for bucket, spent in share_out(bundle, borders):
            if spent or bucket == runs_in:
                yield Sum(whose, bucket, code, reason, spent, bucket == runs_in)


_WITHOUT = {
    "agent": "CAST(NULL AS bigint)",
    "code": "code",
    "reason": "CAST(NULL AS bigint)",
    "first": "1",
    "last": "1",
}
"""What is told of each stretch, and what instead where it is no key."""


def _added_up(part: str, keys: set[str], cut: str, ours: str) -> str:
    told = ", ".join(name if name in keys else without for name, without in _WITHOUT.items())
    late = f"CASE WHEN first < last THEN {dialect.span('began', '%(start)s')} END"
    return f"""
        SELECT {told}, MAX(running), COUNT(*),
            {dialect.whole(f"SUM({dialect.span('ended', 'began')})")},
            {dialect.whole(f"SUM({late})") if "first" in keys else "0"}
        FROM (SELECT agent, code, reason, running, {cut} FROM ({part}) part {ours}) cut
        GROUP BY {", ".join(sorted(keys))}
    """  # nosec B608 # noqa: S608 - nothing in it is anybody's input


def _seen(sight: Sight, asked: dict[str, object]) -> str:
    """As `routing.limits.agents`."""
    teams = dialect.among("seen_team", sight.teams, asked)
    queues = dialect.among("seen_queue", sight.queues, asked)
    return f"""agent IN (
        SELECT id FROM presence_agent WHERE team_id IN {teams}
        UNION SELECT member.agent_id FROM routing_membership member
        JOIN routing_ringgroup tier ON tier.id = member.ring_group_id
        JOIN routing_queue queue ON queue.id = tier.queue_id AND queue.active
        WHERE queue.id IN {queues})"""  # nosec B608 # noqa: S608 - names of parameters


def seen_queues(sight: Sight, asked: dict[str, object]) -> str:
    """The condition that leaves only the queues that are seen, as `routing.limits.queues`."""
    teams = dialect.among("seen_team", sight.teams, asked)
    queues = dialect.among("seen_queue", sight.queues, asked)
    return f"""AND (queue_id IN {queues} OR queue_id IN (
        SELECT tier.queue_id FROM routing_ringgroup tier
        JOIN routing_membership member ON member.ring_group_id = tier.id
        JOIN presence_agent agent ON agent.id = member.agent_id AND agent.active
        WHERE agent.team_id IN {teams}))"""  # nosec B608 # noqa: S608 - names of parameters


def _buckets() -> str:
    """Which bucket each stretch begins and ends in, for `share_out`."""
    return f"began, ended, {dialect.bucket('began')} AS first, {dialect.bucket('ended')} AS last"


def _one_bucket() -> str:
    """The same where there is one bucket only: cut at once, it costs half."""
    began, ended = dialect.later("began", "%(start)s"), dialect.earlier("ended", "%(end)s")
    return f"{began} AS began, {ended} AS ended"


def of(wish: Wish, asked: dict[str, object]) -> str:
    """The condition that leaves only the agents asked for, with what it compares put in `asked`."""
    conditions = []
    if wish.sight.limited:
        conditions.append(_seen(wish.sight, asked))
    if wish.team is not None:
        asked["team"] = wish.team
        conditions.append(OF_TEAM)
    if wish.queue is not None:
        asked["queue"] = wish.queue
        conditions.append(OF_QUEUE)
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""
