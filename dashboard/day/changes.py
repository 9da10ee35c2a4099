"""Who changed what: the transitions of a day in words, with what showed before and after."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from dashboard.day.lanes import why
from dashboard.day.parts import Call, Span
from dashboard.day.sentences import Context, sentence
from presence.events import Cause
from presence.models import Agent, Reason, Status, Transition
from presence.models.catalogue import Workforce
from presence.naming import name_of


@dataclass(frozen=True)
class Change:
    """One event: `before` and `after` are what showed, where that changed; `why` says its cause."""

    at: datetime
    by: str
    sentence: str
    before: Span | None
    after: Span | None
    why: str


class Reader:
    """Tells the transitions of one agent's day."""

    def __init__(self, agent: Agent, spans: Sequence[Span], calls: Iterable[Call]) -> None:
        self._agent = agent
        self._spans = spans
        self._began = {after.version: (before, after) for before, after in pairwise(spans)}
        self._calls = {call.leg: call.name for call in calls}

    def read(self, found: Sequence[Transition]) -> list[Change]:
        choices = [row.details["choice"] for row in found if "choice" in row.details]
        reasons = Reason.objects.in_bulk({one["reason"] for one in choices if one["reason"]})
        context = Context(
            statuses=dict(Status.objects.values_list("code", "label")) if choices else {},
            reasons={key: reason.label for key, reason in reasons.items()},
            calls=self._calls,
        )
        return [self._change(row, context) for row in found]

    def _change(self, row: Transition, context: Context) -> Change:
        before, after = self._began.get(row.version, (None, None))
        waits = self._engaged_at(row.version)
        told = Context(context.statuses, context.reasons, context.calls, waits)
        return Change(
            at=row.at,
            by=self._by(row),
            sentence=_ran_out(row, after) or sentence(row.event, row.details, told),
            before=before,
            after=after,
            why=why(after) if after else "",
        )

    def _engaged_at(self, version: int) -> bool:
        at = bisect_right(self._spans, version, key=lambda span: span.version) - 1
        return at >= 0 and self._spans[at].workforce == Workforce.ENGAGED

    def _by(self, row: Transition) -> str:
        if row.actor_id == self._agent.user_id:
            return self._agent.name
        if row.actor:
            return name_of(row.actor)
        if row.event == "DeadlineReached":
            return _("The clock")
        if row.source in {"rollcall", "routing"}:
            return "Rollcall"
        if row.source == "connections":
            return _("Their browser")
        telephony = row.event in {"LegEvent", "PhoneSeen"} or (
            row.details.get("cause") == Cause.TELEPHONY.value
        )
        return _("Telephony (%(name)s)") % {"name": row.source} if telephony else row.source


def _ran_out(row: Transition, after: Span | None) -> str:
    """What the clock ended is known by what began."""
    return f"{after.cause}." if after and row.event == "DeadlineReached" else ""
