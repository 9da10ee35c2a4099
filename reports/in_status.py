"""Time in each status, or in each status and reason."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presence.models import Reason, Status
from reports import sums
from reports.lines import Count, gather
from reports.sheet import Column, Sheet, Unit, time
from reports.wish import Wish

TOTAL = "total"


def read(wish: Wish, now: datetime, *, reasons: bool = False) -> Sheet:
    """The report as of `now`. With `reasons` each reason has a column of its own, and so has the
    time without one."""
    lines, total = gather(wish, _counts(wish, now, reasons=reasons))
    columns = tuple(_columns(code for code in total if code != TOTAL))
    return Sheet((*columns, _total()), lines, total, tuple(column.code for column in columns))


def _counts(wish: Wish, now: datetime, *, reasons: bool) -> Iterable[Count]:
    for one in sums.read(wish, sums.STATUSES, now, reasons=reasons):
        code = f"{one.code}:{one.reason}" if reasons and one.reason else one.code
        yield Count(one.agent, one.bucket, code, one.spent, one.open)
        yield Count(one.agent, one.bucket, TOTAL, one.spent)


def _columns(codes: Iterable[str]) -> Iterable[Column]:
    """In the catalogue's order, a status before its reasons."""
    statuses = {status.pk: status for status in Status.objects.all()}
    reasons = {str(reason.pk): reason for reason in Reason.objects.all()}
    made = []
    codes = set(codes)
    divided = {code.partition(":")[0] for code in codes if ":" in code}
    for code in codes:
        status, reason = statuses[code.partition(":")[0]], reasons.get(code.partition(":")[2])
        place = status.order, status.pk, reason is not None, reason.order if reason else 0, code
        why = reason.label if reason else _("no reason") if code in divided else ""
        made.append((place, _column(code, status, why)))
    return (column for _place, column in sorted(made, key=lambda pair: pair[0]))


def _column(code: str, status: Status, why: str) -> Column:
    label = f"{status} · {why}" if why else str(status)
    said = _("Time in which “%(status)s” was what showed.") % {"status": label}
    return Column(code, label, Unit.TIME, time(code), said, status.colour, status.icon)


def _total() -> Column:
    said = gettext_lazy("The sum of all statuses: the time since the agent was added.")
    return Column(TOTAL, gettext_lazy("Total"), Unit.TIME, time(TOTAL), said)
