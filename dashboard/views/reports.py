"""Reports: as a page with a chart and a table, and as CSV. The address says all that was asked."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.borders import removed
from dashboard import charts
from dashboard.figures import figure, no_formula, plain
from dashboard.people import SUPERVISE
from dashboard.report_form import ReportForm, presets
from dashboard.reporting import LABELS, REPORTS, Report
from dashboard.views import answers
from reports.sheet import Column, Line, Sheet, Unit, Value
from reports.wish import By, Wish
from routing import limits


@dataclass(frozen=True)
class Header:
    """A column's head: where to sort by it, and how the table is sorted by it now, if it is."""

    column: Column
    address: str
    sorted: str


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/reports.html", {"reports": REPORTS.values()})


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def page(request: HttpRequest, name: str) -> HttpResponse:
    report = REPORTS.get(name)
    if report is None:
        raise Http404
    form = ReportForm(report, request.GET.dict(), limits.sight_of(request.user))
    if not form.is_valid():
        return render(
            request, "dashboard/report.html", {"report": report, "form": form}, status=400
        )
    wish, now = form.wish(), timezone.now()
    sheet = report.read(wish, now, form.cleaned_data.get("reasons", False))
    if request.GET.get("format") == "csv":
        return _csv(report, wish, sheet)
    return render(request, "dashboard/report.html", _context(request, report, form, wish, sheet))


def _context(
    request: HttpRequest, report: Report, form: ReportForm, wish: Wish, sheet: Sheet
) -> dict[str, object]:
    sort = request.GET.get("sort", "")
    lines = sheet.ordered(sort)

    def label(line: Line) -> str:
        return " ".join(part for part in (line.name, when(line, wish)) if part) or nobody(wish.by)

    def short(line: Line) -> str:
        return when(line, wish, short=True) if not line.name and line.began else label(line)

    today = timezone.localdate(timezone=wish.zone)
    chart = charts.draw(sheet, lines, label, short, _said)
    gap = sheet.column("gap")
    return {
        "report": report,
        "form": form,
        "wish": wish,
        "limited": wish.sight.limited,
        "sheet": sheet,
        "headers": [_header(form, column, sort) for column in sheet.columns],
        "first": _first(form, wish, sort),
        "lines": [(line, label(line), _cells(sheet, line)) for line in lines],
        "total": [figure(column.value(sheet.total), column.unit) for column in sheet.columns],
        "open": any(line.open for line in lines),
        "removed": removed(report.of, wish.borders()[0]),
        "gaps": sum(line.gap for line in lines),
        "total_gap": figure(gap.value(sheet.total), gap.unit) if gap else "",
        "chart": chart,
        "most": figure(chart.most, chart.column.unit) if chart else "",
        "presets": [
            (words, form.address(first=first.isoformat(), last=last.isoformat()))
            for words, first, last in presets(today)
        ],
        "link": request.build_absolute_uri(form.address(sort=sort)),
        "csv": form.address(format="csv", sort=sort),
    }


def when(line: Line, wish: Wish, *, short: bool = False) -> str:
    """The day or the time at which a line begins, in the report's zone."""
    if line.began is None:
        return ""
    local = line.began.astimezone(wish.zone)
    if wish.by in {By.DAY, By.AGENT_DAY}:
        return dateformat.format(local, "j M" if short else "D Y-m-d")
    if short:
        return dateformat.format(local, "H:i" if wish.first == wish.last else "D j H:i")
    return dateformat.format(local, "D Y-m-d H:i T")


def nobody(by: By) -> str:
    """What the line is called of those who are in none."""
    return {By.TEAM: _("No team"), By.QUEUE: _("No queue")}.get(by, _("Deleted"))


def _header(form: ReportForm, column: Column, sort: str) -> Header:
    down, up = f"-{column.code}", column.code
    way = {down: "descending", up: "ascending"}.get(sort, "")
    return Header(column, form.address(sort=up if sort == down else down), way)


def _first(form: ReportForm, wish: Wish, sort: str) -> Header:
    way = {"": "ascending", "-": "descending"}.get(sort, "")
    column = Column("", LABELS[wish.by], Unit.COUNT, lambda _tally: None)
    return Header(column, form.address(sort="" if sort else "-"), way)


def _cells(sheet: Sheet, line: Line) -> list[tuple[Column, str, bool]]:
    """A line's figures, and whether each is nothing."""
    values = [(column, column.value(line.tally)) for column in sheet.columns]
    return [(column, figure(value, column.unit), not value) for column, value in values]


def _said(column: Column, value: Value) -> str:
    return f"{column.label} {figure(value, column.unit)}"


def _csv(report: Report, wish: Wish, sheet: Sheet) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{report.name}-{wish.first}-{wish.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    sheet_out = csv.writer(answer)
    sheet_out.writerow(_csv_head(wish, sheet))
    for line in sheet.lines:
        sheet_out.writerow(_csv_line(line, wish, sheet.columns))
    return answer


def _csv_head(wish: Wish, sheet: Sheet) -> list[str]:
    names = [_("Agent"), _("Begins")] if wish.by is By.AGENT_DAY else [str(LABELS[wish.by])]
    labels = [
        _("%(column)s (seconds)") % {"column": column.label}
        if column.unit is Unit.TIME
        else str(column.label)
        for column in sheet.columns
    ]
    return [no_formula(label) for label in (*names, *labels, _("Open"))]


def _csv_line(line: Line, wish: Wish, columns: Sequence[Column]) -> list[str]:
    begins = _local(line, wish.zone)
    named = wish.by is By.AGENT_DAY or not begins
    first = [no_formula(line.name or nobody(wish.by))] if named else []
    figures = [plain(column.value(line.tally), column.unit) for column in columns]
    return [*first, *([begins] if begins else []), *figures, _("open") if line.open else ""]


def _local(line: Line, zone: ZoneInfo) -> str:
    return line.began.astimezone(zone).isoformat() if line.began else ""
