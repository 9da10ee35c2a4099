"""Leaving out what the database has already: a snapshot tells everything anew, most of it known."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import F

from presence.models import AgentState
from routing.models import Membership
from routing.reports import MemberSeen, PhoneReported, Report

FEW = 20
"""Reports that are taken as they are."""


def no_news(reports: Sequence[Report]) -> set[str]:
    """The ids of those reports that say of a member or a phone what is known. Where several are of
    the same, all of them count."""
    if len(reports) <= FEW:
        return set()
    times = Counter(_about(report) for report in reports)
    known = _members(reports) | _phones(reports)
    return {
        report.id for report in reports if (about := _about(report)) in known and times[about] == 1
    }


def _about(report: Report) -> tuple[object, ...] | None:
    match report:
        case MemberSeen():
            return (report.queue, report.address)
        case PhoneReported():
            return (report.address,)
    return None


def _members(reports: Iterable[Report]) -> set[tuple[object, ...]]:
    told = {_about(r) for r in reports if isinstance(r, MemberSeen) and r.present}
    found = Membership.objects.values_list("ring_group__queue__name", "agent__devices__address")
    return {key for key in found if key in told}


def _phones(reports: Iterable[Report]) -> set[tuple[object, ...]]:
    told = {
        report.address: (report.logged_in, report.reach)
        for report in reports
        if isinstance(report, PhoneReported)
    }
    rows = AgentState.objects.annotate(address=F("agent__devices__address"))
    return {
        (row.address,)
        for row in rows.exclude(address="").only("telephony_logged_in", "phone")
        if row.address in told
        and told[row.address][0] in (None, row.telephony_logged_in)
        and told[row.address][1] in (None, row.phone)
    }
