"""Where admins keep queues, ring groups and who is in them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from presence import actions
from presence.admin import Keeps, KeepUsed
from presence.models import Agent
from routing.admin.meaning import Means
from routing.doubts import doubts
from routing.explain import in_words
from routing.models import Membership, Queue, RingGroup

TIER: list[Any] = [
    (
        None,
        {
            "fields": [("tier", "next_tier_after"), ("strategy", "ring_seconds")],
            "description": gettext_lazy(
                "A ring group is a tier of its queue: tier 1 is rung first. Its agents read on My "
                "day, for example, “Tier 1, priority 1”."
            ),
        },
    ),
    (
        gettext_lazy("Missed calls"),
        {"fields": [("no_answer", "no_answer_seconds"), ("max_misses", "misses_then")]},
    ),
    (
        gettext_lazy("After a call"),
        {"fields": [("wrap_up_seconds", "cool_down_seconds"), "wrap_up_campaign_only"]},
    ),
]
"""How a ring group is laid out, on its own page and on its queue's."""


class RingGroupForm(BaseModelAdmin):
    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **options: Any
    ) -> Any:
        if db_field.name == "misses_then":
            wrong = _(
                "Choose an active mode in which no calls come, or they would be missed again."
            )
            options["error_messages"] = {"invalid_choice": wrong}
        return super().formfield_for_foreignkey(db_field, request, **options)


class RingGroupInline(RingGroupForm, admin.StackedInline):
    model = RingGroup
    extra = 0
    can_delete = False
    verbose_name = gettext_lazy("tier")
    readonly_fields = ["agents"]
    fieldsets = [(None, {"fields": ["agents"]}), *TIER]

    @admin.display(description=gettext_lazy("agents"))
    def agents(self, group: RingGroup) -> str:
        """Who is in the tier, and where to change that."""
        if group.pk is None:
            return _("Save first; then choose them here.")
        names = ", ".join(group.members.order_by("name").values_list("name", flat=True))
        url = reverse("admin:routing_ringgroup_change", args=[group.pk])
        choose = _("Choose agents")
        return format_html('{} <a href="{}">{}</a>', names or _("Nobody yet."), url, choose)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1
    autocomplete_fields = ["agent"]


class HasMembers(Means, Keeps):
    """What agents serve: it is kept while they do, and the boards read those anew who join, leave
    or opt out by what is saved."""

    def members(self, thing: Any) -> set[int]:
        raise NotImplementedError

    def why_kept(self, thing: Any) -> str:
        if number := len(self.members(thing)):
            return ngettext(
                "Kept because an agent serves it. Take them out first.",
                "Kept because %(number)s agents serve it. Take them out first.",
                number,
            ) % {"number": number}
        return super().why_kept(thing)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = self.members(form.instance)
        super().save_related(request, form, formsets, change)
        actions.refresh(before | self.members(form.instance), request.user.pk)


class QueueForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "wait_when_withdrawn": gettext_lazy("While nobody on shift is ready."),
            "wait_when_absent": gettext_lazy("While nobody is on shift."),
            "max_wait": gettext_lazy("Whoever is there."),
        }


@admin.register(Queue)
class QueueAdmin(HasMembers, KeepUsed):
    form = QueueForm
    list_display = ["name", "kind", "distribution", "active"]
    list_filter = ["active", "kind", "distribution"]
    search_fields = ["name"]
    inlines = [RingGroupInline]
    readonly_fields = ["meaning", "left_open"]
    fieldsets = [
        (None, {"fields": ["name", "kind", "distribution", "active"]}),
        (
            gettext_lazy("How long callers wait"),
            {
                "description": gettext_lazy(
                    "In seconds: 0 overflows at once, empty has no limit. The wait that runs out "
                    "first counts. It never interrupts a phone that rings."
                ),
                "fields": [
                    ("wait_when_withdrawn", "withdrawn_overflow"),
                    ("wait_when_absent", "absent_overflow"),
                    ("max_wait", "max_wait_overflow"),
                ],
            },
        ),
        (gettext_lazy("Goal"), {"fields": [("service_level_seconds", "service_level_percent")]}),
        (gettext_lazy("Left to the telephony"), {"fields": [("music", "announcement")]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Queue | None = None) -> Any:
        if obj is None:
            return self.fieldsets
        said = ["meaning", "left_open"] if doubts(obj) else ["meaning"]
        return [(gettext_lazy("In words"), {"fields": said}), *self.fieldsets]

    @admin.display(description=gettext_lazy("as it is saved"))
    def meaning(self, queue: Queue) -> SafeString:
        return _lines(in_words(queue))

    @admin.display(description=gettext_lazy("to look at"))
    def left_open(self, queue: Queue) -> SafeString:
        return _lines(doubts(queue))

    def members(self, thing: Queue) -> set[int]:
        return set(Agent.objects.filter(ring_groups__queue=thing).values_list("pk", flat=True))

    def queues(self, thing: Queue) -> list[Queue]:
        return list(Queue.objects.filter(pk=thing.pk))

    def why_kept(self, thing: Queue) -> str:
        if users := thing.overflowing_here():
            said = _("Kept because callers of %(names)s overflow here. Send them elsewhere first.")
            return said % {"names": _(" and ").join(users)}
        if thing.limits.exists():
            return _("Kept because a limit names it. Deactivate it instead.")
        return super().why_kept(thing)

    def save_model(self, request: HttpRequest, obj: Queue, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.active and (number := obj.entries.filter(left_at=None).count()):
            words = ngettext(
                "A caller still waits in %(queue)s and will be served; new callers are refused.",
                "%(number)s callers still wait in %(queue)s and will be served; new callers are "
                "refused.",
                number,
            ) % {"number": number, "queue": obj}
            messages.warning(request, words)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A form left at its defaults is not saved by Django; a queue without a ring group rings
        # nobody.
        if not form.instance.ring_groups.exists():
            form.instance.ring_groups.create()

    def _switch(self, request: HttpRequest, thing: Any, *, active: bool) -> None:
        super()._switch(request, thing, active=active)
        actions.refresh(self.members(thing), request.user.pk)


@admin.register(RingGroup)
class RingGroupAdmin(RingGroupForm, HasMembers):
    list_display = ["queue", "tier", "strategy", "ring_seconds", "no_answer", "wrap_up_seconds"]
    list_filter = ["queue"]
    list_select_related = ["queue"]
    search_fields = ["queue__name"]
    inlines = [MembershipInline]
    fieldsets = [(None, {"fields": ["queue"]}), *TIER]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("queue",) if obj else ()  # its calls are those of this queue

    def members(self, thing: RingGroup) -> set[int]:
        return set(thing.members.values_list("pk", flat=True))

    def queues(self, thing: RingGroup) -> list[Queue]:
        return list(Queue.objects.filter(pk=thing.queue_id))


def _lines(sentences: list[str]) -> SafeString:
    return format_html("<div>{}</div>", format_html_join("", "{}<br>", ((s,) for s in sentences)))
