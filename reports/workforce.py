"""Who was on shift, and what they did there: logged-in time, occupancy, availability."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from presence.models import Status
from presence.models.catalogue import Workforce
from presence.state import LegState
from reports import sums
from reports.lines import Count, gather
from reports.sheet import Column, Sheet, Unit, share, time
from reports.wish import Wish

READY, ENGAGED, WITHDRAWN, ABSENT = (
    kind.value
    for kind in (Workforce.READY, Workforce.ENGAGED, Workforce.WITHDRAWN, Workforce.ABSENT)
)
PRESENT = (READY, ENGAGED, WITHDRAWN)
_DOING = {
    LegState.OFFERED: "ringing",
    LegState.DIALING: "dialing",
    LegState.HANDLING: "talk",
    LegState.CONSULTING: "talk",
    LegState.IN_CONFERENCE: "talk",
    LegState.ON_HOLD: "hold",
    LegState.MONITORING: "monitoring",
    LegState.WRAP_UP: "wrapping_up",
}

COLUMNS = (
    Column(
        "logged_in",
        _("Logged in"),
        Unit.TIME,
        time(*PRESENT),
        _("Ready + engaged + withdrawn: all time in which the agent was not absent."),
    ),
    Column(
        READY,
        _("Ready"),
        Unit.TIME,
        time(READY),
        _("Time in statuses that count as ready: calls may be offered."),
        "green",
        "check",
    ),
    Column(
        ENGAGED,
        _("Engaged"),
        Unit.TIME,
        time(ENGAGED),
        _("Time in which a call rang, was handled or was wrapped up, as the status showed it."),
        "light-blue",
        "phone",
    ),
    Column(
        WITHDRAWN,
        _("Withdrawn"),
        Unit.TIME,
        time(WITHDRAWN),
        _("Time in statuses that count as withdrawn: out for now, still on shift."),
        "yellow",
        "minus",
    ),
    Column(
        ABSENT,
        _("Absent"),
        Unit.TIME,
        time(ABSENT),
        _("Time in statuses that count as absent: not on shift, such as Offline."),
        "grey",
        "power",
    ),
    Column(
        "occupancy",
        _("Occupancy"),
        Unit.SHARE,
        share([ENGAGED], [ENGAGED, READY]),
        _("Engaged / (engaged + ready)."),
    ),
    Column(
        "availability",
        _("Availability"),
        Unit.SHARE,
        share([READY, ENGAGED], PRESENT),
        _("(Ready + engaged) / logged in: the part of the shift given to calls."),
    ),
    Column(
        "talk",
        _("Talk"),
        Unit.TIME,
        time("talk"),
        _("Time in which calls were talked on, consulting and in conference included."),
    ),
    Column("hold", _("Hold"), Unit.TIME, time("hold"), _("Time in which calls were on hold.")),
    Column(
        "wrap_up",
        _("Wrap-up"),
        Unit.TIME,
        time("wrapping_up"),
        _("Time in which calls were wrapped up. Two calls at once count twice."),
    ),
)


def read(wish: Wish, now: datetime) -> Sheet:
    """The report as of `now`. A status counts as what the catalogue says of it today."""
    lines, total = gather(wish, _counts(wish, now))
    return Sheet(COLUMNS, lines, total, (READY, ENGAGED, WITHDRAWN, ABSENT))


def _counts(wish: Wish, now: datetime) -> Iterable[Count]:
    kinds = dict(Status.objects.values_list("pk", "workforce"))
    for one in sums.read(wish, sums.STATUSES, now):
        yield Count(one.agent, one.bucket, kinds[one.code], one.spent, one.open)
    for one in sums.read(wish, sums.LEGS, now):
        yield Count(one.agent, one.bucket, _DOING[LegState(one.code)], one.spent, one.open)
