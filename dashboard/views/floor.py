"""What supervisors see: the Agent Monitor."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from dashboard import alerts, floor, links, saved
from dashboard.columns import Arrangement, arrangement_of
from dashboard.first_steps import steps
from dashboard.groups import Group, Tally, grouped
from dashboard.models.views import Density
from dashboard.people import SUPERVISE, agent_of
from dashboard.rows import Row
from dashboard.strip import Strip
from dashboard.table import GROUPS, Lists, View
from dashboard.templatetags.floor import retime
from dashboard.tickets import Ticket, issue
from dashboard.views import answers, arranging


@dataclass(frozen=True)
class Body:
    """A group as the page shows it, with its rows as HTML."""

    group: Group
    rows: SafeString


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def monitor(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=request.user.pk or 0)
    opening = None if request.GET else saved.opens_with(user)
    if opening:
        return redirect(f"{request.path}?{opening.query}")
    lists = Lists.read()
    view = View.of(request.GET).known(lists)
    arrangement = arrangement_of(user.pk)
    own = agent_of(user)
    ticket = Ticket(user.pk, own.pk if own else None, monitor=True)
    context = {
        "arrangement": arrangement,
        "densities": Density.choices,
        "query": view.url,
        "next": request.get_full_path(),
        "ticket": issue(ticket),
    }
    own_menu = arranging.menu(user)
    shown = _floor(view, lists, arrangement) | _alerts(user)
    return render(request, "dashboard/monitor.html", shown | context | own_menu)


def _alerts(user: User) -> dict[str, Any]:
    teams = alerts.teams_of(user)
    return {
        "alerts": alerts.seen_by(alerts.read(), teams),
        "teams": sorted(teams),
        "may_acknowledge": alerts.may_acknowledge(user),
    }


def _floor(view: View, lists: Lists, arrangement: Arrangement) -> dict[str, Any]:
    now = timezone.now()
    lost = links.lost(now)
    told = alerts.read()
    found = view.sorted(floor.read(alerts.marked(links.marks(now, lost), told)))
    strip = Strip()
    for row in found:
        strip.put(row)
    shown = sum(view.shows(row) for row in found)
    return {
        "view": view,
        "headers": [view.header(column) for column in arrangement.all],
        "bodies": _bodies(grouped(view, found, lists), arrangement),
        "blank": Group("", "", None, Tally(), []),
        "agents": len(found),
        "shown": shown,
        "nobody_matches": bool(found) and not shown,
        "tiles": view.tiles(lists.statuses, found),
        "facets": view.facets(lists),
        "groupings": GROUPS.items(),
        "everybody": View(sort=view.sort, group=view.group).url,
        "lists": lists,
        "cards": strip.read(alerts.of_queues(told)),
        "steps": [] if found else steps(),
        "lost": lost,
    }


def _bodies(groups: list[Group], arrangement: Arrangement) -> list[Body]:
    text = floor.texts()

    def html(row: Row, shown: bool) -> str:
        made = arrangement.row(text(row))
        return made if shown else made.replace(">", " hidden>", 1)

    def joined(group: Group) -> SafeString:
        made = "".join([html(row, shown) for row, shown in group.rows])
        return mark_safe(retime(made))  # nosec B308, B703 # noqa: S308 - the template has escaped it

    return [Body(group, joined(group)) for group in groups]
