"""Reports: time in status, as a table and as CSV. The address says all that was asked for."""

import csv
from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.people import SUPERVISE
from dashboard.rows import Look
from dashboard.views import answers
from presence.models import Status, Team
from reports import in_status
from reports.in_status import By, Line, Wish

LONGEST = {By.HOUR: 31, By.DAY: 366, By.AGENT: 366, By.TEAM: 366}
"""Days that one report may span."""
_NO_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TimeForm(forms.Form):
    """What a report is asked for. Without an answer: today, by agent, in the viewer's zone."""

    first = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label="To", widget=forms.DateInput({"type": "date"}))
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="Every team")
    by = forms.ChoiceField(label="By", choices=[(by.value, by.value.capitalize()) for by in By])
    zone = forms.ChoiceField(
        label="Times",
        required=False,
        choices=[("", "In my time zone"), ("account", "In the account's time zone")],
    )

    def clean(self) -> dict[str, object]:
        asked = dict(super().clean() or self.cleaned_data)
        first, last, by = (asked.get(name) for name in ("first", "last", "by"))
        if not (first and last and by):
            return asked
        if last < first:
            self.add_error("last", "The last day comes before the first.")
        elif (last - first).days >= LONGEST[By(by)]:
            self.add_error("last", f"By {by}, ask for at most {LONGEST[By(by)]} days.")
        elif first.year < 2000 or last.year > 2100:
            self.add_error("first", "Ask for days between 2000 and 2100.")
        return asked

    def wish(self) -> Wish:
        asked = self.cleaned_data
        zone = settings.TIME_ZONE if asked["zone"] else timezone.get_current_timezone_name()
        team = asked["team"].pk if asked["team"] else None
        return Wish(asked["first"], asked["last"], ZoneInfo(zone), By(asked["by"]), team)


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def time_in_status(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    asked = {"first": today, "last": today, "by": By.AGENT.value} | request.GET.dict()
    days = {"today": today, "yesterday": today - timedelta(days=1)}
    form = TimeForm(asked)
    if not form.is_valid():
        return render(request, "dashboard/report.html", days | {"form": form}, status=400)
    wish, now = form.wish(), timezone.now()
    lines = in_status.read(wish, now)
    used = {code for line in lines for code in line.seconds}
    looks = [Look.of(status) for status in Status.objects.filter(pk__in=used)]
    if request.GET.get("format") == "csv":
        return _csv(wish, lines, looks)
    context = days | {
        "form": form,
        "wish": wish,
        "looks": looks,
        "lines": [(line, _cells(line, looks)) for line in lines],
        "totals": [sum(line.seconds.get(look.code, 0) for line in lines) for look in looks],
        "total": sum(line.total for line in lines),
    }
    return render(request, "dashboard/report.html", context)


def _cells(line: Line, looks: Iterable[Look]) -> list[float]:
    return [line.seconds.get(look.code, 0) for look in looks]


def _csv(wish: Wish, lines: Iterable[Line], looks: list[Look]) -> HttpResponse:
    """Whole seconds, for programs and spreadsheets."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"time-in-status-{wish.first}-{wish.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    sheet = csv.writer(answer)
    sheet.writerow([wish.by.value, *(_plain(look.label) for look in looks), "total", "open"])
    for line in lines:
        what = line.began.astimezone(wish.zone).isoformat() if line.began else _plain(line.name)
        cells = [round(seconds) for seconds in _cells(line, looks)]
        sheet.writerow([what, *cells, round(line.total), "yes" if line.open else ""])
    return answer


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_NO_FORMULA) else text
