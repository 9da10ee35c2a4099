"""The audit log, for admins: as a page to search, and as CSV."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import permission_required
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.borders import removed
from audit.models import Entry, Kept
from dashboard.audit_log import HEAD, Line, Wanted, find, rows
from dashboard.figures import no_formula
from dashboard.views import answers

VIEW_AUDIT = "audit.view_audit"
PAGE = 100
_CHUNK = 1000
_LONGEST_KEY = 18


@require_safe
@answers.signed_in
@permission_required(VIEW_AUDIT, raise_exception=True)
def log(request: HttpRequest) -> HttpResponse:
    form = Wanted(request.GET)
    zone = ZoneInfo(timezone.get_current_timezone_name())
    found = find(form.cleaned_data, zone) if form.is_valid() else Entry.objects.none()
    if "csv" in request.GET and form.is_valid():
        return cast(HttpResponse, _csv(found, zone))  # decorators' types know of whole ones only
    return render(request, "dashboard/audit.html", _page(request, form, found))


def _page(request: HttpRequest, form: Wanted, found: QuerySet[Entry]) -> dict[str, object]:
    """By the last key that was seen, so that a log of millions opens as soon as a short one."""
    before = request.GET.get("before", "")
    begins = before.isdecimal() and len(before) <= _LONGEST_KEY
    entries = list((found.filter(pk__lt=int(before)) if begins else found)[: PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    return {
        "form": form,
        "lines": [Line.of(entry) for entry in entries[:PAGE]],
        "older": entries[PAGE - 1].pk if len(entries) > PAGE else None,
        "later": begins,
        "query": query.urlencode(),
        "narrowed": any(form.cleaned_data.values()),
        "removed": removed([Kept.AUDIT], datetime.min.replace(tzinfo=UTC)),
        "zone": timezone.get_current_timezone(),
    }


def _csv(found: QuerySet[Entry], zone: ZoneInfo) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(
        _sheet(found, zone, [no_formula(str(word)) for word in HEAD]),
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate()}.csv"'
    return answer


async def _sheet(found: QuerySet[Entry], zone: ZoneInfo, head: list[str]) -> AsyncIterator[str]:
    """Some entries at a time, so that neither the server nor whoever waits holds all of them."""
    yield _text([head])
    last = None
    while last != 0:
        text, last = await sync_to_async(_chunk, thread_sensitive=False)(found, zone, last)
        yield text


def _chunk(found: QuerySet[Entry], zone: ZoneInfo, last: int | None) -> tuple[str, int]:
    """The entries after `last`, and the key of the last of them; 0: there are no more."""
    try:
        entries = list((found if last is None else found.filter(pk__lt=last))[:_CHUNK])
    finally:
        connection.close()  # this thread's own
    more = entries[-1].pk if len(entries) == _CHUNK else 0
    return _text([row for entry in entries for row in rows(entry, zone)]), more


def _text(lines: list[list[str]]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet).writerows(lines)
    return sheet.getvalue()
