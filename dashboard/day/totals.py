"""The sums of a day: time in each status and reason, and how calls went. Parts add up to the whole.

Times are cut at the day's borders; a call counts, as in reports, on the day on which it began. Each
formula stands on the page beside the figures.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.day.parts import (
    ON_HOLD,
    TALKING,
    WRAP_UP,
    Call,
    Part,
    Span,
    Sum,
    add_up,
    time_in,
)
from dashboard.rows import Look
from presence.models.catalogue import Workforce


@dataclass(frozen=True)
class Total:
    """The time in one status, and of that the time with each reason; '' is without one."""

    status: Look
    time: Sum
    reasons: tuple[tuple[str, Sum], ...]


@dataclass(frozen=True)
class Figures:
    """`handle` is the average handle time in seconds; None where no call that came in is over."""

    logged_in: Sum
    talk: Sum
    hold: Sum
    wrap_up: Sum
    answered: int
    missed: int
    rejected: int
    placed: int
    handle: float | None


def by_status(day: Iterable[Span]) -> list[Total]:
    """In the catalogue's order, reasons by name; what showed for a moment only is left out."""
    found: defaultdict[Look, defaultdict[str, list[Part]]] = defaultdict(_none)
    for span in day:
        if span.part.seconds or span.part.open:
            found[span.status][span.reason].append(span.part)
    ordered = sorted(found.items(), key=lambda item: (item[0].order, item[0].code))
    return [_total(look, reasons) for look, reasons in ordered]


def _none() -> defaultdict[str, list[Part]]:
    return defaultdict(list)


def _total(look: Look, reasons: dict[str, list[Part]]) -> Total:
    parts = [part for some in reasons.values() for part in some]
    named = sorted(reasons.items(), key=lambda item: (not item[0], item[0].casefold()))
    several = tuple((reason, add_up(some)) for reason, some in named) if any(reasons) else ()
    return Total(look, add_up(parts), several)


def figures(day: Iterable[Span], calls: Iterable[Call]) -> Figures:
    calls = list(calls)
    talk, hold, wrap_up = (time_in(states, calls) for states in (TALKING, ON_HOLD, WRAP_UP))
    counted = [call for call in calls if call.counts]
    offered = [call for call in counted if not call.outbound]
    handled = [call.handle for call in offered if call.handle is not None]
    return Figures(
        logged_in=add_up(span.part for span in day if span.workforce != Workforce.ABSENT),
        talk=talk,
        hold=hold,
        wrap_up=wrap_up,
        answered=sum(call.answered for call in offered),
        missed=sum(call.missed for call in offered),
        rejected=sum(call.rejected for call in offered),
        placed=len(counted) - len(offered),
        handle=sum(handled) / len(handled) if handled else None,
    )
