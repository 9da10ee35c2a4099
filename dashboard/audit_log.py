"""The audit log as people read it: what they look for, and what each entry says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import Entry
from audit.watched import models_watched
from audit.words import Action
from dashboard.figures import NOTHING, no_formula
from dashboard.forms import DayField
from reports.borders import midnight


class Wanted(forms.Form):
    """What to look for; empty: everything. Days are the viewer's own."""

    who = forms.CharField(label=_("Who"), required=False, max_length=150)
    action = forms.ChoiceField(
        label=_("Action"), required=False, choices=[("", _("Every action")), *Action.choices]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    about = forms.CharField(label=_("Object"), required=False, max_length=200)
    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)
    text = forms.CharField(label=_("Text or address"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(m._meta.label_lower, str(m._meta.verbose_name)) for m in models_watched()]
        kinds.sort(key=lambda kind: kind[1].casefold())
        self.fields["kind"].choices = [("", _("Every kind")), *kinds]  # type: ignore[attr-defined]


def find(wanted: dict[str, Any], zone: ZoneInfo) -> QuerySet[Entry]:
    """The entries that are wanted, the newest first."""
    found = Q()
    if who := wanted.get("who"):
        found &= Q(who__icontains=who)
    if action := wanted.get("action"):
        found &= Q(action=action)
    if kind := wanted.get("kind"):
        found &= Q(kind=kind)
    if about := wanted.get("about"):
        found &= Q(name__icontains=about)
    if first := wanted.get("first"):
        found &= Q(at__gte=midnight(first, zone))
    if last := wanted.get("last"):
        found &= Q(at__lt=midnight(last + timedelta(days=1), zone))
    entries: QuerySet[Entry] = Entry.objects.order_by("-pk")
    if text := wanted.get("text"):
        entries = entries.annotate(told=Cast("changes", TextField()))
        anywhere = Q()
        for place in ("who", "name", "through", "told", "address"):
            anywhere |= Q(**{f"{place}__icontains": text})
        found &= anywhere
    return entries.filter(found)


@dataclass(frozen=True)
class Change:
    """What a field was and what it became."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    entry: Entry
    kind: str
    changes: tuple[Change, ...]

    @classmethod
    def of(cls, entry: Entry) -> "Line":
        """In the language of whoever reads."""
        try:
            model = apps.get_model(entry.kind) if entry.kind else None
        except LookupError:  # of a model that is no more
            model = None
        changes = (
            Change(_label(model, field), said(before), said(after))
            for field, (before, after) in entry.changes.items()
        )
        return cls(entry, str(model._meta.verbose_name) if model else entry.kind, tuple(changes))


_SEEN = {
    "status": _("Status"),
    "mode": _("Mode"),
    "pending": _("Mode Pending"),
    "legs": pgettext_lazy("of an agent", "calls"),
}
"""What supervisors' acts change, which is no field of the agent's."""


def _label(model: Any, name: str) -> str:
    try:
        return str(model._meta.get_field(name).verbose_name)
    except (AttributeError, FieldDoesNotExist):
        return str(_SEEN.get(name, name))


def said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(said(one) for one in value) or NOTHING
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return NOTHING if value in (None, "") else str(value)


HEAD = (
    _("When"), _("Who"), _("By"), _("Through"), _("Address"), _("Action"), _("Kind"), _("Object"),
    _("Field"), _("Before"), _("After"),
)  # fmt: skip


def rows(entry: Entry, zone: ZoneInfo) -> Iterator[list[str]]:
    """An entry as lines of a sheet for programs: one for each field, in the log's own codes."""
    told = [
        entry.at.astimezone(zone).isoformat(),
        entry.who,
        entry.way,
        entry.through,
        entry.address or "",
        entry.action,
        entry.kind,
        entry.name,
    ]
    for field, (before, after) in entry.changes.items() or [("", ("", ""))]:
        yield [no_formula(text) for text in (*told, field, _plain(before), _plain(after))]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(one) for one in value)
    return "" if value is None else str(value)
