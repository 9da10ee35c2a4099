"""Everything that a page tells of an agent's day, read in a number of queries that does not grow
with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.day import history, lanes, timeline, totals
from dashboard.day.calls import calls
from dashboard.day.parts import Call, Part, Span, Wait, Window
from dashboard.day.timeline import Bar, Lane, Timeline
from dashboard.day.totals import Figures, Total
from presence.models import AgentState
from presence.models.catalogue import Workforce
from reports import borders


@dataclass(frozen=True)
class Line:
    """One line of the table that tells what the timeline draws."""

    lane: str
    bar: Bar


@dataclass(frozen=True)
class Day:
    window: Window
    spans: tuple[Span, ...]
    calls: tuple[Call, ...]
    waits: tuple[Wait, ...]
    timeline: Timeline
    totals: tuple[Total, ...]
    figures: Figures

    @property
    def lines(self) -> list[Line]:
        """What the timeline draws, as it happened."""
        found = [Line(row.lane.label, bar) for row in self.timeline.rows for bar in row.lane.bars]
        return sorted(found, key=lambda line: line.bar.began)

    @property
    def legend(self) -> list[Bar]:
        """One bar of each kind that the lane of calls has."""
        calls = next(row.lane for row in self.timeline.rows if row.lane.key == "calls")
        return list({bar.label: bar for bar in calls.bars}.values())

    @property
    def latest(self) -> Sequence[Span]:
        return self.spans[::-1]


def state_of(agent_id: int) -> AgentState | None:
    """The agent's state with what else `read` needs of it; None where there is none."""
    return AgentState.objects.select_related(*history.STATE).filter(agent_id=agent_id).first()


def read(state: AgentState, window: Window, *, whole: bool = False) -> Day:
    """The day, on an axis from the first activity to the last; `whole`: from midnight on."""
    spans = history.spans(state, window)
    had = calls(state, window)
    waits = history.waits(state, window)
    losses = history.losses(state.agent_id, spans, window)
    drawn = lanes.lanes(spans, had, waits, losses)
    at_work = [span.part for span in spans if span.workforce != Workforce.ABSENT]
    busy = [] if whole else [*at_work, *(call.part for call in had)]
    return Day(
        window=window,
        spans=tuple(spans),
        calls=tuple(had),
        waits=tuple(waits),
        timeline=_draw(drawn, busy, window),
        totals=tuple(totals.by_status(spans)),
        figures=totals.figures(spans, had),
    )


def _draw(drawn: Sequence[Lane], busy: Sequence[Part], window: Window) -> Timeline:
    hours = list(borders.hours(window.day, window.day, window.zone))
    axis = timeline.axis_of(hours, [(part.began, part.ended) for part in busy])
    return timeline.draw(drawn, axis, hours, window.now if window.runs else None)
