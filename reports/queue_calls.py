"""What became of the callers who waited in queues."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from reports import dialect, sums
from reports.lines import Key, lines
from reports.sheet import Column, Sheet, Tally, Unit, count, share, time
from reports.wish import By, Wish
from routing.models import Queue

_ENTERED = """
SELECT queue_id, {bucket} AS bucket, MAX(CASE WHEN left_at IS NULL THEN 1 ELSE 0 END), COUNT(*)
FROM routing_queueentry WHERE entered_at >= %(start)s AND entered_at < %(end)s {ours}
GROUP BY queue_id, bucket
"""
_LEFT = """
SELECT queue_id, bucket, 0, SUM(answered),
    SUM(CASE WHEN waited <= seconds THEN answered ELSE 0 END),
    SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END),
    SUM(CASE WHEN outcome = 'overflowed' THEN 1 ELSE 0 END),
    {answer_time}, {longest}
FROM (
    SELECT entry.queue_id, {bucket} AS bucket, entry.outcome, {waited} AS waited,
        {seconds} AS seconds, CASE WHEN entry.outcome = 'answered' THEN 1 ELSE 0 END AS answered
    FROM routing_queueentry entry JOIN routing_queue queue ON queue.id = entry.queue_id
    WHERE entry.left_at >= %(start)s AND entry.left_at < %(end)s {ours}
) waits
GROUP BY queue_id, bucket
"""
_HANDLED = """
SELECT entry.queue_id, {bucket} AS bucket, MAX(CASE WHEN leg.ended_at IS NULL THEN 1 ELSE 0 END),
    COUNT(leg.ended_at), {handle_time}
FROM routing_leg leg JOIN routing_queueentry entry ON entry.id = leg.entry_id
WHERE leg.answered_at >= %(start)s AND leg.answered_at < %(end)s {ours}
GROUP BY entry.queue_id, bucket
"""
_ENTRY_CODES = ("answered", "within", "abandoned", "overflowed", "answer_time", "longest")
_CALLERS = ("answered", "abandoned", "overflowed")


def _late(tally: Tally) -> int:
    return tally.get("answered", 0) - tally.get("within", 0)


COLUMNS = (
    Column(
        "entered",
        _("Entered"),
        Unit.COUNT,
        count("entered"),
        _("Callers who began to wait in the queue, by when they did."),
    ),
    Column(
        "answered",
        _("Answered"),
        Unit.COUNT,
        count("answered"),
        _("Callers whose wait ended with an agent's answer, by when it did."),
    ),
    Column(
        "within",
        _("In time"),
        Unit.COUNT,
        count("within"),
        _("Answered after no more than the queue's service-level seconds, as they are set today."),
        "green",
        "check",
    ),
    Column(
        "late",
        _("Late"),
        Unit.COUNT,
        _late,
        _("Answered - in time."),
        "yellow",
        "hourglass",
    ),
    Column(
        "abandoned",
        _("Abandoned"),
        Unit.COUNT,
        count("abandoned"),
        _("Callers who gave up waiting, by when they did."),
        "red",
        "missed",
    ),
    Column(
        "overflowed",
        _("Overflowed"),
        Unit.COUNT,
        count("overflowed"),
        _("Callers whose wait ran out, and who were sent elsewhere, by when they were."),
        "violet",
        "phone-out",
    ),
    Column(
        "service_level",
        _("Service level"),
        Unit.SHARE,
        share(["within"], _CALLERS),
        _("In time / (answered + abandoned + overflowed), as on the Agent Monitor."),
    ),
    Column(
        "abandon_rate",
        _("Abandon rate"),
        Unit.SHARE,
        share(["abandoned"], _CALLERS),
        _("Abandoned / (answered + abandoned + overflowed)."),
    ),
    Column(
        "speed",
        _("Average speed of answer"),
        Unit.TIME,
        share(["answer_time"], ["answered"], 1_000_000),
        _("Waiting time of answered callers / answered."),
    ),
    Column(
        "longest",
        _("Longest wait"),
        Unit.TIME,
        time("longest"),
        _("The longest wait in this queue that ended, however it did."),
    ),
    Column(
        "handle",
        _("Average handle time"),
        Unit.TIME,
        share(["handle_time"], ["handled"], 1_000_000),
        _("Talk + hold + wrap-up of the queue's answered calls that are over / their number."),
    ),
)


def read(wish: Wish, _now: datetime) -> Sheet:
    """The report, by queue, day or hour. What has not ended yet is counted as entered only."""
    names = dict(Queue.objects.order_by().values_list("pk", "name"))
    tallies: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    running: set[Key] = set()
    for queue, bucket, live, counted in _read(wish):
        key = (names[queue], queue, bucket) if wish.by is By.QUEUE else ("", 0, bucket)
        for tally in (tallies[key], total):
            _add(tally, counted)
        if live:
            running.add(key)
    charted = ("within", "late", "abandoned", "overflowed")
    return Sheet(COLUMNS, lines(wish, tallies, running), total, charted)


def _add(tally: Counter[str], counted: Tally) -> None:
    """Sums, but for the longest of all."""
    longest = max(tally["longest"], counted.get("longest", 0))
    tally.update(counted)
    tally["longest"] = longest


def _read(wish: Wish) -> Iterator[tuple[int, int, bool, dict[str, int]]]:
    borders = wish.borders()
    asked: dict[str, object] = {"start": borders[0], "end": borders[-1]}
    ours = ""
    if wish.sight.limited:
        ours += sums.seen_queues(wish.sight, asked)
    if wish.queue is not None:
        asked["queue"] = wish.queue
        ours += " AND queue_id = %(queue)s"
    waited = dialect.span("entry.left_at", "entry.entered_at")
    handled = dialect.span("leg.ended_at", "leg.answered_at")
    statements = (
        (_ENTERED, "entered_at", ("entered",)),
        (_LEFT, "entry.left_at", _ENTRY_CODES),
        (_HANDLED, "leg.answered_at", ("handled", "handle_time")),
    )
    for statement, moment, codes in statements:
        sql = statement.format(
            bucket="1" if len(borders) == 2 else dialect.bucket(moment),
            ours=ours,
            waited=waited,
            seconds=dialect.seconds("queue.service_level_seconds"),
            answer_time=dialect.whole("SUM(CASE WHEN answered = 1 THEN waited END)"),
            longest=dialect.whole("MAX(waited)"),
            handle_time=dialect.whole(f"SUM({handled})"),
        )
        for queue, bucket, live, *numbers in dialect.rows(sql, asked, borders):
            counted = {code: int(number or 0) for code, number in zip(codes, numbers, strict=True)}
            yield queue, bucket - 1, bool(live), counted
