"""The floor as pages show it: by the hub's memory, as far as that is level with the database."""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.utils.translation import get_language

from dashboard import rows
from dashboard.hub import hub
from dashboard.links import PLAIN, Marks
from dashboard.rendering import render_row
from dashboard.rows import Row
from presence.models import AgentState
from routing import limits
from routing.sight import EVERYTHING, Sight


def read(marks: Marks, sight: Sight = EVERYTHING) -> list[Row]:
    """The rows of all active agents who are seen, with their marks. Only those are read whose
    version this process has not seen."""
    known = hub.rows()
    active = AgentState.objects.filter(limits.agents(sight, "agent"), agent__active=True)
    if not known:
        ids = active.values_list("pk", flat=True) if sight.limited else None
        return rows.read(ids, marks)
    level, fresh = list[Row](), set[int]()
    for id_, version in active.values_list("pk", "version"):
        row = known.get(id_)
        if row is None or row.version != version:
            fresh.add(id_)
        else:
            mark = marks.get(id_, PLAIN)
            level.append(row if row.mark == mark else replace(row, mark=mark))
    return level + (rows.read(fresh, marks) if fresh else [])


def texts() -> Callable[[Row], str]:
    """What gives a row as HTML in the active language; its durations may be of some time ago."""
    if not hub.rows():
        return render_row
    return hub.sheet(get_language() or settings.LANGUAGE_CODE).html
