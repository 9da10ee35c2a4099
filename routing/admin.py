"""Where admins keep queues, ring groups and who is in them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from presence import actions
from presence.admin import KeepUsed, ReadOnly
from routing.models import Interaction, Leg, Membership, Queue, RingGroup


class RingGroupInline(admin.StackedInline):
    model = RingGroup
    extra = 0
    show_change_link = True


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1
    autocomplete_fields = ["agent"]


@admin.register(Queue)
class QueueAdmin(KeepUsed):
    list_display = ["name", "distribution", "active"]
    search_fields = ["name"]
    inlines = [RingGroupInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A form left at its defaults is not saved by Django; a queue without a ring group rings
        # nobody.
        if not form.instance.ring_groups.exists():
            form.instance.ring_groups.create()


@admin.register(RingGroup)
class RingGroupAdmin(admin.ModelAdmin):
    list_display = ["queue", "tier", "ring_seconds", "no_answer", "wrap_up_seconds"]
    list_filter = ["queue"]
    inlines = [MembershipInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = set(form.instance.members.values_list("pk", flat=True)) if change else set()
        super().save_related(request, form, formsets, change)
        after = set(form.instance.members.values_list("pk", flat=True))
        actions.refresh(before | after, request.user.pk)


@admin.register(Interaction)
class InteractionAdmin(ReadOnly):
    list_display = ["started_at", "kind", "queue", "caller", "answered_at", "ended_at", "abandoned"]
    list_filter = ["kind", "queue", "started_at"]
    list_select_related = ["queue"]
    search_fields = ["caller", "external_id"]


@admin.register(Leg)
class LegAdmin(ReadOnly):
    list_display = ["started_at", "agent", "interaction", "state", "outcome", "ended_at"]
    list_filter = ["state", "outcome"]
    list_select_related = ["agent", "interaction"]
