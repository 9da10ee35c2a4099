"""Durations that tick in the browser, and icons."""

import re
from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboard.day.clock import clock
from dashboard.day.parts import Sum

register = template.Library()

NOTHING = mark_safe("")  # nosec B308


@register.filter
def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


@register.filter
def duration(seconds: float) -> str:
    """0:07, 12:34, 1:02:03, 2d 03:04. Never negative: a clock may have been set back."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return _("{days}d {time}").format(days=days, time=f"{hour:02}:{minute:02}")
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


@register.filter
def time_of_day(moment: datetime, shape: str = "seconds") -> str:
    """12:34:56, or 12:34 (`shape` minutes); told apart in an hour that comes twice."""
    return clock(moment, seconds=shape == "seconds")


@register.simple_tag
def running(total: Sum) -> SafeString:
    """A sum of time; it goes on running where what it counts still does."""
    if total.since:
        return since(total.since)
    return format_html("<span>{}</span>", duration(total.seconds))


@register.simple_tag
def since(moment: datetime, maximum: int | None = None, critical: int | None = None) -> SafeString:
    """The time since `moment`; static/clock.js keeps it running, warns over `maximum`, and louder
    over `critical` (seconds)."""
    passed = (timezone.now() - moment).total_seconds()
    limit = format_html(' data-max="{}" data-late="{}"', maximum, _("over")) if maximum else NOTHING
    if critical:
        limit += format_html(' data-critical="{}" data-later="{}"', critical, _("far over"))
    over = mark_safe(" data-over") if maximum and passed > maximum else ""  # nosec B308
    if critical and passed > critical:
        over += mark_safe(" data-critical-over")  # nosec B308
    return format_html(
        '<time data-since="{}"{}{} datetime="{}">{}</time>',
        milliseconds(moment),
        limit,
        over,
        moment.isoformat(timespec="seconds"),
        duration(passed),
    )


_SINCE = re.compile(
    r'(<time data-since="(\d+)"(?: data-max="(\d+)" data-late="[^"]*")?'
    r'(?: data-critical="(\d+)" data-later="[^"]*")?)[^>]*?( datetime="[^"]*">)[^<]*'
)


def retime(html: str) -> str:
    """What `since` made some time ago, as it makes it now."""
    now = milliseconds(timezone.now())

    def again(found: re.Match[str]) -> str:
        head, began, maximum, critical, tail = found.groups()
        passed = (now - int(began)) / 1000
        over = " data-over" if maximum and passed > int(maximum) else ""
        far = " data-critical-over" if critical and passed > int(critical) else ""
        return f"{head}{over}{far}{tail}{duration(passed)}"

    return _SINCE.sub(again, html)


@register.simple_tag
def ago(moment: datetime) -> SafeString:
    """How long ago `moment` was, in its largest unit; static/clock.js keeps it right."""
    return format_html(
        '<time data-ago="{}" datetime="{}">{}</time>',
        milliseconds(moment),
        moment.isoformat(timespec="seconds"),
        _ago(int((timezone.now() - moment).total_seconds())),
    )


def _ago(passed: int) -> str:
    if passed >= 86_400:
        return _("{number} d ago").format(number=passed // 86_400)
    if passed >= 3_600:
        return _("{number} h ago").format(number=passed // 3_600)
    if passed >= 60:
        return _("{number} min ago").format(number=passed // 60)
    return _("just now")


@register.simple_tag
def until(moment: datetime) -> SafeString:
    """A countdown to `moment`."""
    left = (moment - timezone.now()).total_seconds()
    return format_html(
        '<time data-until="{}" datetime="{}">{}</time>',
        milliseconds(moment),
        moment.isoformat(timespec="seconds"),
        duration(left),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def now_ms() -> int:
    """The server's clock, which browsers go by."""
    return milliseconds(timezone.now())
