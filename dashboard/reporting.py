"""The reports that there are, and what each may be asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from audit.models import Kept
from reports import agent_calls, coverage, in_status, queue_calls, workforce
from reports.sheet import Sheet, Words
from reports.wish import By, Wish

LABELS: Mapping[By, Words] = {
    By.AGENT: _("Agent"),
    By.TEAM: _("Team"),
    By.QUEUE: _("Queue"),
    By.DAY: _("Day"),
    By.HOUR: _("Hour"),
    By.HALF_HOUR: _("Half hour"),
    By.QUARTER: _("Quarter of an hour"),
    By.AGENT_DAY: _("Agent and day"),
}
LONGEST = {By.HOUR: 31, By.HALF_HOUR: 14, By.QUARTER: 7, By.AGENT_DAY: 31}
"""Days that one report may span; by anything else a year."""
YEAR = 366

_OF_AGENTS = _(
    "Agents count with the team that they are in today, and with each queue that they are members "
    "of today."
)
_STATUSES_TODAY = _(
    "A mode that waits counts from when it applies. Statuses and reasons are called, and count as, "
    "what the catalogue says today."
)


@dataclass(frozen=True)
class Report:
    """`by` are the lines that it can have, the first unless asked otherwise; `of` is what it is
    made of; `asks` are the fields of its form beside the days and the zone."""

    name: str
    title: Words
    summary: Words
    read: Callable[[Wish, datetime, bool], Sheet]
    by: tuple[By, ...]
    of: tuple[Kept, ...]
    asks: tuple[str, ...] = ("team", "queue")
    notes: tuple[Words, ...] = ()


REPORTS = {
    report.name: report
    for report in (
        Report(
            "time",
            _("Time in status"),
            _("How long agents were in each status, and why."),
            lambda wish, now, detail: in_status.read(wish, now, reasons=detail),
            (By.AGENT, By.TEAM, By.QUEUE, By.DAY, By.HOUR, By.AGENT_DAY),
            (Kept.HISTORY,),
            ("team", "queue", "reasons"),
            (_OF_AGENTS, _STATUSES_TODAY),
        ),
        Report(
            "workforce",
            _("Workforce"),
            _("Logged-in time, occupancy, availability; talk, hold and wrap-up."),
            lambda wish, now, _detail: workforce.read(wish, now),
            (By.AGENT, By.TEAM, By.QUEUE, By.DAY, By.HOUR, By.AGENT_DAY),
            (Kept.HISTORY, Kept.CALLS),
            notes=(_OF_AGENTS, _STATUSES_TODAY),
        ),
        Report(
            "coverage",
            _("Coverage"),
            _("How many were ready at any time, and the gaps in which nobody was."),
            lambda wish, now, _detail: coverage.read(wish, now),
            (By.HOUR, By.HALF_HOUR, By.QUARTER),
            (Kept.HISTORY,),
            notes=(_OF_AGENTS, _STATUSES_TODAY),
        ),
        Report(
            "agents",
            _("Calls by agent"),
            _("Calls offered to agents: answered, rejected, missed; handle time."),
            lambda wish, now, _detail: agent_calls.read(wish, now),
            (By.AGENT, By.TEAM, By.DAY, By.HOUR, By.AGENT_DAY),
            (Kept.CALLS,),
            notes=(_("Agents count with the team that they are in today."),),
        ),
        Report(
            "queues",
            _("Calls by queue"),
            _("Callers who waited: answered, abandoned, overflowed; service level."),
            lambda wish, now, _detail: queue_calls.read(wish, now),
            (By.QUEUE, By.DAY, By.HOUR),
            (Kept.CALLS,),
            ("queue",),
        ),
    )
}
"""By the name in their address."""
