"""Where admins keep queues, ring groups and who is in them."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from presence import actions
from presence.admin import KeepUsed, ReadOnly
from presence.models import Agent
from routing.models import Interaction, Leg, Membership, Queue, RingGroup


class RingGroupInline(admin.StackedInline):
    model = RingGroup
    extra = 0
    show_change_link = True
    can_delete = False


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1
    autocomplete_fields = ["agent"]


class HasMembers(admin.ModelAdmin):
    """What agents serve: it is kept while they do, and the boards read those anew who join or
    leave by what is saved."""

    def members(self, thing: Any) -> set[int]:
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and self.members(obj))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = self.members(form.instance)
        super().save_related(request, form, formsets, change)
        actions.refresh(before | self.members(form.instance), request.user.pk)


@admin.register(Queue)
class QueueAdmin(KeepUsed, HasMembers):
    list_display = ["name", "distribution", "active"]
    search_fields = ["name"]
    inlines = [RingGroupInline]

    def members(self, thing: Queue) -> set[int]:
        return set(Agent.objects.filter(ring_groups__queue=thing).values_list("pk", flat=True))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A form left at its defaults is not saved by Django; a queue without a ring group rings
        # nobody.
        if not form.instance.ring_groups.exists():
            form.instance.ring_groups.create()
        if not self.members(form.instance):
            groups = reverse("admin:routing_ringgroup_changelist")
            words = 'Nobody serves {} yet: choose its agents under <a href="{}">Ring groups</a>.'
            messages.warning(request, format_html(words, form.instance, groups))

    def _switch(self, request: HttpRequest, thing: Queue, *, active: bool) -> None:
        super()._switch(request, thing, active=active)
        actions.refresh(self.members(thing), request.user.pk)


@admin.register(RingGroup)
class RingGroupAdmin(HasMembers):
    list_display = ["queue", "tier", "ring_seconds", "no_answer", "wrap_up_seconds"]
    list_filter = ["queue"]
    inlines = [MembershipInline]

    def members(self, thing: RingGroup) -> set[int]:
        return set(thing.members.values_list("pk", flat=True))


@admin.register(Interaction)
class InteractionAdmin(ReadOnly):
    list_display = ["started_at", "kind", "queue", "caller", "answered_at", "ended_at", "outcome"]
    list_filter = ["kind", "queue", "started_at"]
    list_select_related = ["queue"]
    search_fields = ["caller", "external_id"]


@admin.register(Leg)
class LegAdmin(ReadOnly):
    list_display = ["started_at", "agent", "interaction", "state", "outcome", "ended_at"]
    list_filter = ["state", "outcome"]
    list_select_related = ["agent", "interaction"]
