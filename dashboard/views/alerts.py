"""Alerts: saying that one is known of, and all that there were."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from alerts import acknowledging, subjects
from alerts.models import Alert, Rule
from audit.borders import removed
from audit.models import Kept
from dashboard.alerts import ACKNOWLEDGE, OpenAlert, may_acknowledge, url_of
from dashboard.forms import DayField
from dashboard.people import SUPERVISE
from dashboard.views import answers
from reports.borders import midnight
from routing import limits

PAGE = 50


class Wanted(forms.Form):
    """What to look for; empty: everything."""

    day = DayField(label=_("Day"), required=False)
    rule = forms.ModelChoiceField(
        label=_("Rule"), required=False, queryset=Rule.objects.all(), empty_label=_("Every rule")
    )
    about = forms.CharField(label=_("Agent, queue or team"), required=False, max_length=80)


@require_safe
@answers.signed_in
@permission_required(SUPERVISE, raise_exception=True)
def history(request: HttpRequest) -> HttpResponse:
    form = Wanted(request.GET)
    form.fields["rule"].queryset = _rules(request)  # type: ignore[attr-defined]
    found = _visible(request) if form.is_valid() else Alert.objects.none()
    page = Paginator(_narrowed(found, form.cleaned_data), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "lines": [(alert, OpenAlert.of(alert), url_of(alert.subject)) for alert in page],
        "query": query.urlencode(),
        "narrowed": any(form.cleaned_data.values()),
        "may_acknowledge": may_acknowledge(request.user),
        "removed": _removed(form.cleaned_data.get("day")),
        "zone": timezone.get_current_timezone(),
    }
    return render(request, "dashboard/alert_history.html", context)


def _removed(day: date | None) -> datetime | None:
    zone = timezone.get_current_timezone()
    since = midnight(day, zone) if day else datetime.min.replace(tzinfo=UTC)
    return removed([Kept.HISTORY], since)


def _rules(request: HttpRequest) -> QuerySet[Rule]:
    """Those that may tell the viewer of something: names of others are none of their business."""
    user = User.objects.get(pk=request.user.pk or 0)
    sight = limits.sight_of(user)
    ours = Q(seen_by=None) | Q(seen_by__in=limits.their_teams(user, sight))
    if sight.limited:
        ours &= Q(team=None) | Q(team__in=sight.teams)
        ours &= Q(queue=None) | limits.queues(sight, "queue")
    return Rule.objects.filter(pk__in=Rule.objects.filter(ours).order_by().values("pk"))


def _visible(request: HttpRequest) -> QuerySet[Alert]:
    user = User.objects.get(pk=request.user.pk or 0)
    sight = limits.sight_of(user)
    ours = Q(rule__seen_by=None) | Q(rule__seen_by__in=limits.their_teams(user, sight))
    found = Alert.objects.filter(ours, subjects.seen(sight))
    visible = Alert.objects.filter(pk__in=found.values("pk"))
    return visible.select_related("rule", "acknowledged_by__agent").prefetch_related(
        "rule__seen_by"
    )


def _narrowed(found: QuerySet[Alert], wanted: dict[str, Any]) -> QuerySet[Alert]:
    day: date | None = wanted.get("day")
    if day:
        zone = timezone.get_current_timezone()
        began, ended = (midnight(each, zone) for each in (day, day + timedelta(days=1)))
        lasted = Q(cleared_at=None) | Q(cleared_at__gte=began)
        found = found.filter(lasted, raised_at__lt=ended)
    if rule := wanted.get("rule"):
        found = found.filter(rule=rule)
    if about := wanted.get("about"):
        found = found.filter(name__icontains=about)
    return found


@require_POST
@answers.signed_in
@permission_required([SUPERVISE, ACKNOWLEDGE], raise_exception=True)
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    """The same alert with who knows of it; nothing where it is over."""
    get_object_or_404(_visible(request), pk=alert_id)
    alert = acknowledging.acknowledge(alert_id, request.user.pk or 0, timezone.now())
    if not getattr(request, "htmx", False):
        return redirect(answers.back(request, "monitor"))
    if alert.cleared_at:
        return HttpResponse()
    return render(request, "dashboard/alert.html", {"alert": OpenAlert.of(alert)})
