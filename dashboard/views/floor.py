"""What supervisors see: the Agent Monitor."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard import links, rows
from dashboard.people import SUPERVISE, agent_of
from dashboard.strip import Strip
from dashboard.table import COLUMNS, Lists, View
from dashboard.tickets import Ticket, issue
from dashboard.views import answers


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def monitor(request: HttpRequest) -> HttpResponse:
    view = View.of(request.GET)
    now = timezone.now()
    lost = links.lost(now)
    found = view.sorted(rows.read(marks=links.marks(now, lost)))
    lists = Lists.read()
    strip = Strip()
    for row in found:
        strip.put(row)
    shown = [view.shows(row) for row in found]
    own = agent_of(request.user)
    ticket = Ticket(request.user.pk or 0, own.pk if own else None, monitor=True)
    context = {
        "view": view,
        "headers": [view.header(column) for column in COLUMNS],
        "rows": list(zip(found, shown, strict=True)),
        "shown": sum(shown),
        "nobody_matches": bool(found) and not any(shown),
        "tiles": view.tiles(lists.statuses, found),
        "lists": lists,
        "cards": strip.read(),
        "lost": lost,
        "ticket": issue(ticket),
    }
    return render(request, "dashboard/monitor.html", context)
