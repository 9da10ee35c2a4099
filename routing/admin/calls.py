"""What became of calls, to look at: their waits, and every agent's part in them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from presence.admin import ReadOnly
from routing.explain import span
from routing.models import Interaction, Leg, LegSpan, QueueEntry


class ReadOnlyInline(admin.TabularInline):
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryInline(ReadOnlyInline):
    model = QueueEntry
    fields = ["queue", "waiting_since", "entered_at", "left_at", "outcome"]
    verbose_name_plural = gettext_lazy("waits in queues")


class LegInline(ReadOnlyInline):
    model = Leg
    fields = ["agent", "ring_group", "started_at", "answered_at", "ended_at", "outcome", "course"]
    readonly_fields = ["course"]
    show_change_link = True

    def course(self, leg: Leg) -> str:
        """The leg's states and how long each lasted."""
        return ", ".join([*map(_lasted, leg.spans.all()), leg.get_state_display()])


def _lasted(row: LegSpan) -> str:
    seconds = (row.ended_at - row.started_at).total_seconds()
    return f"{row.get_state_display()} {span(round(seconds))}"


class SpanInline(ReadOnlyInline):
    model = LegSpan
    fields = ["state", "started_at", "ended_at"]


@admin.register(Interaction)
class InteractionAdmin(ReadOnly):
    list_display = ["started_at", "kind", "queue", "caller", "answered_at", "ended_at", "outcome"]
    list_filter = ["kind", "queue", "outcome", "started_at"]
    list_select_related = ["queue"]
    search_fields = ["caller", "external_id"]
    inlines = [EntryInline, LegInline]


@admin.register(Leg)
class LegAdmin(ReadOnly):
    list_display = ["started_at", "agent", "interaction", "state", "outcome", "ended_at"]
    list_filter = ["state", "outcome"]
    list_select_related = ["agent", "interaction"]
    search_fields = ["agent__name", "interaction__caller"]
    inlines = [SpanInline]


@admin.register(QueueEntry)
class QueueEntryAdmin(ReadOnly):
    list_display = ["entered_at", "queue", "interaction", "waiting_since", "left_at", "outcome"]
    list_filter = ["queue", "outcome", "entered_at"]
    list_select_related = ["queue", "interaction"]
    search_fields = ["interaction__caller"]
