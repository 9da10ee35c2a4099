"""The monitor's columns: what there is, and in which order a person wants to see which of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.models import Layout
from dashboard.models.views import Density
from presence.words import lazily as _


@dataclass(frozen=True)
class Column:
    key: str
    label: str


COLUMNS = (
    Column("agent", _("Agent")),
    Column("team", _("Team")),
    Column("status", _("Status")),
    Column("reason", _("Reason")),
    Column("duration", _("Duration")),
    Column("availability", _("Availability")),
    Column("pending", _("Mode Pending")),
    Column("interaction", _("Interaction")),
    Column("queue", _("Queue")),
    Column("caller", _("Caller")),
    Column("devices", _("Devices")),
)
KEYS = tuple(column.key for column in COLUMNS)
FIRST = "agent"
"""Names the row: always shown, and always first."""


@dataclass(frozen=True)
class Arrangement:
    """`shown` and `hidden` are all columns, each in order; `own` unless they stand as they come."""

    shown: tuple[Column, ...] = COLUMNS
    hidden: tuple[Column, ...] = ()
    density: str = Density.COMFORTABLE.value

    @property
    def all(self) -> tuple[Column, ...]:
        return self.shown + self.hidden

    @property
    def own(self) -> bool:
        return self.shown != COLUMNS

    def row(self, html: str) -> str:
        """A row as its template makes it, its cells in this order. Each cell begins a line there;
        what people write is escaped, so that no other line begins like one."""
        if not self.own:
            return html
        head, pick, *cells, act = html.split("\n<t")
        ordered = [cells[KEYS.index(column.key)] for column in self.all]
        return "\n<t".join([head, pick, *ordered, act])


def arrange(keys: Sequence[str], density: str = Density.COMFORTABLE.value) -> Arrangement:
    """Show these columns in this order (none: all, as they come); what is none is left out."""
    known = {column.key: column for column in COLUMNS}
    wanted = dict.fromkeys([FIRST, *(key for key in keys if key in known)] if keys else KEYS)
    shown = tuple(known[key] for key in wanted)
    return Arrangement(shown, tuple(c for c in COLUMNS if c not in shown), density)


def arrangement_of(user_id: int) -> Arrangement:
    layout = Layout.objects.filter(user=user_id).first()
    return arrange(layout.columns, layout.density) if layout else Arrangement()
