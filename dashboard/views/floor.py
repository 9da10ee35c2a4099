"""What supervisors see: the Agent Monitor."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard import alerts, links, saved
from dashboard import floor as level
from dashboard.alerts import OpenAlert
from dashboard.board import Around, Frame
from dashboard.columns import Arrangement, arrangement_of
from dashboard.first_steps import steps
from dashboard.groups import Group, Tally, grouped
from dashboard.links import Lost
from dashboard.models.views import Density
from dashboard.people import SUPERVISE, agent_of
from dashboard.rows import Row
from dashboard.seen import Seen
from dashboard.strip import Card, Strip
from dashboard.table import GROUPS, Lists, View
from dashboard.templatetags.floor import retime
from dashboard.tickets import for_page, issue
from dashboard.views import answers, arranging
from routing import limits
from routing.sight import Sight

ROWS = "<!--rows-->"
"""Where the page has a group's. They are put in when it is made, for a template copies what it
holds at each of its levels, and they are nearly all of the page."""


@dataclass(frozen=True)
class Floor:
    """What a page shows of the floor."""

    rows: tuple[Row, ...]
    cards: tuple[Card, ...]
    lists: Lists
    lost: tuple[Lost, ...]
    alerts: tuple[OpenAlert, ...]

    @classmethod
    def of(cls, frame: Frame) -> "Floor":
        around = frame.around or Around()
        cards = tuple(frame.cards[id_] for id_ in frame.order or ())
        lists = around.lists or Lists((), (), ())
        return cls(tuple(frame.rows.values()), cards, lists, around.lost, around.alerts or ())


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def monitor(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=request.user.pk or 0)
    opening = None if request.GET else saved.opens_with(user)
    if opening:
        return redirect(f"{request.path}?{opening.query}")
    arrangement = arrangement_of(user.pk)
    sight = limits.sight_of(user)
    floor = _floor(sight)
    shown = _shown(request, floor, arrangement)
    context = {
        "arrangement": arrangement,
        "densities": Density.choices,
        "next": request.get_full_path(),
        "ticket": issue(for_page(request, agent_of(user), monitor=True)),
        "limited": sight.limited,
    }
    context |= shown | _alerts(user, sight, floor) | arranging.menu(user)
    around = render_to_string("dashboard/monitor.html", context, request).split(ROWS)
    rows = _rows(shown["groups"], arrangement)
    return HttpResponse(chain(*zip_longest(around, rows, fillvalue="")))


def _alerts(user: User, sight: Sight, floor: Floor) -> dict[str, Any]:
    teams = limits.their_teams(user, sight)
    return {
        "alerts": alerts.seen_by(floor.alerts, teams),
        "teams": sorted(teams),
        "may_acknowledge": alerts.may_acknowledge(user),
    }


def _floor(sight: Sight) -> Floor:
    """All of it that is seen, as of now."""
    now = timezone.now()
    lost, told = links.lost(now), alerts.read()
    found = level.read(alerts.marked(links.marks(now, lost), told), sight)
    strip = Strip()
    for row in found:
        strip.put(row)
    cards = strip.read(alerts.of_queues(told))
    frame = Frame(
        rows={row.id: row for row in found},
        cards={card.id: card for card in cards},
        order=tuple(card.id for card in cards),
        around=Around(Lists.read(), lost, told),
    )
    return Floor.of(Seen(sight).frame(frame))


def _shown(request: HttpRequest, floor: Floor, arrangement: Arrangement) -> dict[str, Any]:
    lists = floor.lists
    view = View.of(request.GET).known(lists)
    found = view.sorted(floor.rows)
    shown = sum(view.shows(row) for row in found)
    return {
        "view": view,
        "query": view.url,
        "headers": [view.header(column) for column in arrangement.all],
        "groups": grouped(view, found, lists),
        "blank": Group("", "", None, Tally(), []),
        "agents": len(found),
        "shown": shown,
        "nobody_matches": bool(found) and not shown,
        "tiles": view.tiles(lists.statuses, found),
        "facets": view.facets(lists),
        "groupings": GROUPS.items(),
        "everybody": View(sort=view.sort, group=view.group).url,
        "lists": lists,
        "cards": floor.cards,
        "steps": [] if found else steps(),
        "lost": floor.lost,
    }


def _rows(groups: Iterable[Group], arrangement: Arrangement) -> Iterator[str]:
    """Each group's as HTML."""
    text = level.texts()

    def html(row: Row, shown: bool) -> str:
        made = arrangement.row(text(row))
        return made if shown else made.replace(">", " hidden>", 1)

    for group in groups:
        yield retime("".join([html(row, shown) for row, shown in group.rows]))
