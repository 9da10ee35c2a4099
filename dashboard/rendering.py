"""What stands on pages and comes by sockets alike, made by the same templates."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from dashboard import bar
from dashboard.alerts import OpenAlert
from dashboard.links import Lost
from dashboard.rows import Row
from dashboard.strip import Card
from dashboard.table import Lists, View


def render_row(row: Row) -> str:
    return render_to_string("dashboard/row.html", {"row": row})


def render_card(card: Card) -> str:
    return render_to_string("dashboard/card.html", {"card": card})


def render_tiles(lists: Lists) -> str:
    view = View()
    context = {"tiles": view.tiles(lists.statuses, []), "facets": view.facets(lists)}
    return render_to_string("dashboard/lists.html", context)


def render_links(lost: tuple[Lost, ...]) -> str:
    return render_to_string("dashboard/links.html", {"lost": lost})


def render_alerts(alerts: tuple[OpenAlert, ...]) -> str:
    return render_to_string("dashboard/alerts.html", {"alerts": alerts})


def render_bar(own: bar.Bar, request: HttpRequest | None = None, refusal: str = "") -> str:
    """On a page its forms carry what the `request` gives them; one that comes by socket has the
    page put that in. `refusal` is the sentence that answers what the agent did."""
    return render_to_string("dashboard/bar.html", {"bar": own, "refusal": refusal}, request)
