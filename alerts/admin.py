"""Where admins keep the rules, and look at what they raised."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alerts.models import Alert, Rule
from presence.admin import KeepUsed, ReadOnly


@admin.register(Rule)
class RuleAdmin(KeepUsed):
    list_display = ["name", "kind", "status", "reason", "team", "queue", "active"]
    list_filter = ["active", "kind", "team", "queue"]
    list_select_related = ["status", "reason__status", "team", "queue"]
    search_fields = ["name"]
    filter_horizontal = ["seen_by"]
    fieldsets = [
        (None, {"fields": ["name", "kind", "active"]}),
        (
            _("What it watches"),
            {
                "fields": ["status", "reason", "team", "queue"],
                "description": _("What a kind does not go by stays empty."),
            },
        ),
        (_("How long it may last"), {"fields": ["warning_seconds", "critical_seconds"]}),
        (
            _("How few may be ready"),
            {"fields": ["at_least", "only_when_waiting"]},
        ),
        (
            _("Service level"),
            {"fields": ["warning_percent", "critical_percent", "least_callers"]},
        ),
        (_("Who is told"), {"fields": ["warning_sound", "critical_sound", "seen_by"]}),
    ]


@admin.register(Alert)
class AlertAdmin(ReadOnly):
    list_display = ["raised_at", "name", "rule", "severity", "cleared_at", "acknowledged_by"]
    list_filter = ["severity", "rule", "raised_at"]
    list_select_related = ["rule", "acknowledged_by"]
    search_fields = ["name"]
