"""The lanes of a day's timeline: what each part is called, and how it is drawn."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.day.parts import MISSED, REJECTED, Call, Loss, Part, Span, Wait
from dashboard.day.timeline import Bar, Lane
from presence.state import LegState


@dataclass(frozen=True)
class Style:
    """How something is drawn: `kind` is the pattern over its colour."""

    colour: str
    icon: str = ""
    kind: str = ""


def _bar(part: Part, label: str, detail: str, style: Style) -> Bar:
    drawn = (style.colour, style.icon, style.kind)
    return Bar(part.began, part.ended, part.open, label, detail, *drawn)


CALL: Mapping[LegState, tuple[str | Promise, Style]] = {
    LegState.OFFERED: (gettext_lazy("Ringing"), Style("light-blue", "bell", "dots")),
    LegState.DIALING: (gettext_lazy("Dialing"), Style("blue", "phone-out", "dots")),
    LegState.HANDLING: (gettext_lazy("Talking"), Style("light-blue", "phone")),
    LegState.ON_HOLD: (gettext_lazy("On hold"), Style("orange", "hourglass", "stripes")),
    LegState.CONSULTING: (gettext_lazy("Consulting"), Style("violet", "people", "grid")),
    LegState.IN_CONFERENCE: (gettext_lazy("In conference"), Style("violet", "people")),
    LegState.MONITORING: (gettext_lazy("Monitoring"), Style("grey", "phone", "grid")),
    LegState.WRAP_UP: (gettext_lazy("Wrap-up"), Style("yellow", "pen", "lines")),
}
TURNED_AWAY = {MISSED: Style("orange", "missed"), REJECTED: Style("red", "no")}
WAITS = Style("yellow", "hourglass", "stripes")
LOST = Style("grey", "unlinked", "stripes")


def lanes(
    spans: Iterable[Span], calls: Iterable[Call], waits: Iterable[Wait], losses: Iterable[Loss]
) -> list[Lane]:
    """Status and calls, and of the others those that have anything in them."""
    spans, calls = list(spans), list(calls)
    found = [
        Lane("status", _("Status"), tuple(_status(span) for span in spans)),
        Lane("reason", _("Reason"), tuple(_reason(span) for span in spans if span.reason)),
        Lane("calls", _("Calls"), tuple(bar for call in calls for bar in _call(call))),
        Lane("missed", _("Missed"), tuple(_turned_away(calls)), points=True),
        Lane("pending", _("Pending"), tuple(_wait(wait) for wait in waits)),
        Lane("connection", _("Connection"), tuple(_loss(loss) for loss in losses)),
    ]
    return [lane for lane in found if lane.bars or lane.key in {"status", "calls"}]


def why(span: Span) -> str:
    """Why a status began, and who set it."""
    return f"{span.cause}: {span.by}" if span.by else str(span.cause)


def _status(span: Span) -> Bar:
    detail = " · ".join(filter(None, (span.reason, why(span))))
    return _bar(span.part, span.status.label, detail, Style(span.status.colour, span.status.icon))


def _reason(span: Span) -> Bar:
    return _bar(span.part, span.reason, span.status.label, Style(span.status.colour))


def _call(call: Call) -> Iterator[Bar]:
    for one in call.activities:
        label, style = CALL[one.state]
        yield _bar(one.part, str(label), call.name, style)


def _turned_away(calls: Iterable[Call]) -> Iterator[Bar]:
    for call in calls:
        if call.missed or call.rejected:
            end = Part(call.part.ended, call.part.ended, open=False)
            yield _bar(end, call.result, call.name, TURNED_AWAY[call.outcome])


def _wait(wait: Wait) -> Bar:
    by = _("set by %(name)s") % {"name": wait.by} if wait.by else ""
    detail = " · ".join(filter(None, (by, wait.end)))
    return _bar(wait.part, wait.mode, detail, WAITS)


def _loss(loss: Loss) -> Bar:
    return _bar(loss.part, loss.what, "", LOST)
