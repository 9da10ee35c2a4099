"""What comes by sockets too, in pages: the agent's bar, notices, and what its forms carry."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from dashboard.rendering import render_bar
from notifications.box import Item

register = template.Library()


@register.simple_tag(takes_context=True)
def own_bar(context: dict[str, Any]) -> SafeString:
    return _escaped(render_bar(context["bar"], context["request"]))


@register.simple_tag(takes_context=True)
def notice(context: dict[str, Any], item: Item, place: str) -> SafeString:
    """A notice of the inbox; `place` keeps its names apart from the bar's."""
    about = {"item": item, "place": place}
    return _escaped(render_to_string("dashboard/notice.html", about, context["request"]))


@register.simple_tag(takes_context=True)
def hidden(context: dict[str, Any]) -> SafeString:
    """What a form carries that posts what people do: the token, and the page to come back to."""
    return _escaped(render_to_string("dashboard/hidden.html", {}, context["request"]))


def _escaped(html: str) -> SafeString:
    """Jinja2 has escaped it, and says so in its own way only."""
    return mark_safe(html)  # nosec B308, B703 # noqa: S308
