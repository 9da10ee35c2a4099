"""What became of the calls that were offered to agents."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from reports import dialect, sums
from reports.lines import Count, gather
from reports.sheet import Column, Sheet, Unit, count, share
from reports.wish import BY_AGENT, Wish

_CODES = (
    "offered",
    "answered",
    "rejected",
    "missed",
    "withdrawn",
    "placed",
    "ringing_time",
    "finished",
    "handle_time",
)
_LEGS = """
SELECT {agent}, bucket, MAX(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END),
    SUM(offered),
    SUM(offered * answered),
    SUM(CASE WHEN offered = 1 AND outcome = 'rejected' THEN 1 ELSE 0 END),
    SUM(CASE WHEN offered = 1 AND outcome = 'ring_timed_out' THEN 1 ELSE 0 END),
    SUM(CASE WHEN offered = 1 AND answered = 0 AND outcome IN ('withdrawn', 'hung_up')
        THEN 1 ELSE 0 END),
    SUM(1 - offered),
    {rang}, SUM(offered * finished), {handled}
FROM (
    SELECT leg.agent_id AS agent, leg.started_at, leg.answered_at, leg.ended_at, leg.outcome,
        {bucket} AS bucket,
        CASE WHEN call.kind <> 'outbound' THEN 1 ELSE 0 END AS offered,
        CASE WHEN leg.answered_at IS NOT NULL THEN 1 ELSE 0 END AS answered,
        CASE WHEN leg.answered_at IS NOT NULL AND leg.ended_at IS NOT NULL
            THEN 1 ELSE 0 END AS finished
    FROM routing_leg leg JOIN routing_interaction call ON call.id = leg.interaction_id
    WHERE leg.started_at >= %(start)s AND leg.started_at < %(end)s {queue} AND {rang_or_dialled}
) legs {condition}
GROUP BY {agent}, bucket
"""

# Whoever listened to a colleague's call was offered none. Few parts end unanswered by hanging up.
_RANG_OR_DIALLED = """leg.state <> 'monitoring' AND (
    leg.answered_at IS NOT NULL OR leg.outcome <> 'hung_up' OR NOT EXISTS (
        SELECT 1 FROM routing_legspan span WHERE span.leg_id = leg.id AND span.state = 'monitoring'
    ))"""
_OF_QUEUE = "AND leg.entry_id IN (SELECT id FROM routing_queueentry WHERE queue_id = %(queue)s)"

COLUMNS = (
    Column(
        "offered",
        _("Offered"),
        Unit.COUNT,
        count("offered"),
        _("Calls that rang at the agent, by when they began to. Each agent rung counts one."),
    ),
    Column(
        "answered",
        _("Answered"),
        Unit.COUNT,
        count("answered"),
        _("Offered calls that the agent answered."),
        "green",
        "check",
    ),
    Column(
        "rejected",
        _("Rejected"),
        Unit.COUNT,
        count("rejected"),
        _("Offered calls that the agent rejected."),
        "red",
        "minus",
    ),
    Column(
        "missed",
        _("Missed"),
        Unit.COUNT,
        count("missed"),
        _("Offered calls that rang until the ring timeout."),
        "orange",
        "missed",
    ),
    Column(
        "withdrawn",
        _("Withdrawn"),
        Unit.COUNT,
        count("withdrawn"),
        _("Offered calls that another agent answered, or whose caller gave up, while they rang."),
        "grey",
        "leave",
    ),
    Column(
        "answer_rate",
        _("Answer rate"),
        Unit.SHARE,
        share(["answered"], ["answered", "rejected", "missed"]),
        _("Answered / (answered + rejected + missed); what was withdrawn counts for nobody."),
    ),
    Column(
        "speed",
        _("Average speed of answer"),
        Unit.TIME,
        share(["ringing_time"], ["answered"], 1_000_000),
        _("Time from offer to answer of answered calls / answered."),
    ),
    Column(
        "handle",
        _("Average handle time"),
        Unit.TIME,
        share(["handle_time"], ["finished"], 1_000_000),
        _("Talk + hold + wrap-up of answered calls that are over / their number."),
    ),
    Column(
        "placed",
        _("Placed"),
        Unit.COUNT,
        count("placed"),
        _("Calls that the agent placed, by when they were dialled."),
    ),
)


def read(wish: Wish, _now: datetime) -> Sheet:
    """The report; a call counts when it began to ring, whatever became of it later."""
    lines, total = gather(wish, _counts(wish))
    return Sheet(COLUMNS, lines, total, ("answered", "rejected", "missed", "withdrawn"))


def _counts(wish: Wish) -> Iterable[Count]:
    borders = wish.borders()
    asked: dict[str, object] = {"start": borders[0], "end": borders[-1]}
    if wish.queue is not None:
        asked["queue"] = wish.queue
    rang = dialect.span("answered_at", "started_at")
    handled = dialect.span("ended_at", "answered_at")
    statement = _LEGS.format(
        agent="agent" if wish.by in BY_AGENT else "CAST(NULL AS bigint)",
        bucket="1" if len(borders) == 2 else dialect.bucket("leg.started_at"),
        rang=dialect.whole(f"SUM(CASE WHEN offered = 1 THEN {rang} END)"),
        handled=dialect.whole(f"SUM(CASE WHEN offered = 1 THEN {handled} END)"),
        queue=_OF_QUEUE if wish.queue is not None else "",
        rang_or_dialled=_RANG_OR_DIALLED,
        condition=sums.of(replace(wish, queue=None), asked),
    )
    for agent, bucket, live, *numbers in dialect.rows(statement, asked, borders):
        for code, number in zip(_CODES, numbers, strict=True):
            yield Count(agent, bucket - 1, code, int(number or 0), bool(live))
