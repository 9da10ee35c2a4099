"""What a report is asked for, in its address and in the form above it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard.forms import DayInput
from dashboard.preferences import zones as every_zone
from dashboard.reporting import LABELS, LONGEST, YEAR, Report
from presence.models import Team
from reports.sheet import Words
from reports.wish import By, Wish
from routing import limits
from routing.models import Queue
from routing.sight import Sight


def _day(label: Words) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput, input_formats=["%Y-%m-%d"])


class ReportForm(forms.Form):
    """Without an answer: today, in the viewer's zone, of everybody."""

    first = _day(gettext_lazy("From"))
    last = _day(gettext_lazy("To"))
    by = forms.ChoiceField(label=gettext_lazy("By"))
    team = forms.ModelChoiceField(
        Team.objects.all(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("Every team"),
    )
    queue = forms.ModelChoiceField(
        Queue.objects.all(),
        label=gettext_lazy("Queue"),
        required=False,
        empty_label=gettext_lazy("Every queue"),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), widget=forms.Select(attrs={"translate": "no"})
    )
    reasons = forms.BooleanField(label=gettext_lazy("With reasons"), required=False)

    def __init__(self, report: Report, asked: Mapping[str, str], sight: Sight) -> None:
        self._sight = sight
        zones = _zones(asked.get("zone", ""))
        zone = asked.get("zone") or zones[0]
        today = timezone.localdate(timezone=ZoneInfo(zone if zone in zones else zones[0]))
        without = {
            "first": today.isoformat(),
            "last": today.isoformat(),
            "by": report.by[0].value,
            "zone": zone,
        }
        super().__init__(without | {name: value for name, value in asked.items() if value})
        teams = Team.objects.filter(limits.named_teams(sight))
        queues = Queue.objects.filter(limits.queues(sight))
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]
        for name in {"team", "queue", "reasons"} - set(report.asks):
            del self.fields[name]
        self._choices("by", [(by.value, LABELS[by]) for by in report.by])
        others = [
            (region, [one for one in places if one[0] not in zones])
            for region, places in every_zone()
        ]
        self._choices("zone", [*((name, name) for name in zones), *others])

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # nosec B101 # noqa: S101
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        asked = dict(super().clean() or self.cleaned_data)
        first, last, by = (asked.get(name) for name in ("first", "last", "by"))
        if not (first and last and by):
            return asked
        longest = LONGEST.get(By(by), YEAR)
        if first.year < 2000 or last.year > 2100:
            self.add_error("first", _("Ask for days between 2000 and 2100."))
        elif last < first:
            self.add_error("last", _("The last day comes before the first."))
        elif (last - first).days >= longest:
            self.add_error(
                "last",
                ngettext(
                    "With such lines, ask for at most %(count)d day.",
                    "With such lines, ask for at most %(count)d days.",
                    longest,
                )
                % {"count": longest},
            )
        return asked

    def wish(self) -> Wish:
        asked = self.cleaned_data
        team, queue = asked.get("team"), asked.get("queue")
        return Wish(
            asked["first"],
            asked["last"],
            ZoneInfo(asked["zone"]),
            By(asked["by"]),
            team.pk if team else None,
            queue.pk if queue else None,
            self._sight,
        )

    def address(self, **other: str) -> str:
        """The query that asks for the same again, with what differs; all of it is said, so that it
        gives everybody the same report on any day."""
        plain = {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items()}
        if plain.pop("reasons", False):
            plain["reasons"] = "on"
        return "?" + urlencode({name: value for name, value in (plain | other).items() if value})


def _zones(asked: str) -> list[str]:
    """The viewer's zone, the account's, and the one in a link that a colleague sent."""
    found = [timezone.get_current_timezone_name(), settings.TIME_ZONE]
    try:
        ZoneInfo(asked)
    except (KeyError, ValueError, OSError):
        return list(dict.fromkeys(found))
    return list(dict.fromkeys([*found, asked]))


def presets(today: date) -> list[tuple[str, date, date]]:
    """Spans of days that people ask for often, by name. Weeks begin on Monday."""
    day = timedelta(days=1)
    monday = today - today.weekday() * day
    return [
        (_("Today"), today, today),
        (_("Yesterday"), today - day, today - day),
        (_("This week"), monday, today),
        (_("Last week"), monday - 7 * day, monday - day),
        (_("This month"), today.replace(day=1), today),
    ]
