"""Where admins keep the catalogue, reasons, teams, agents and the floor's settings."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import ManyToManyRel, Model, ProtectedError, QuerySet
from django.db.models.deletion import Collector
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presence import actions, vocabulary
from presence.events import Cause, LogOut
from presence.models import (
    Agent,
    AgentState,
    Device,
    Floor,
    Interval,
    PendingMode,
    Reason,
    Status,
    Team,
    Transition,
)
from presence.models.catalogue import ReasonPolicy

admin.site.site_header = "Rollcall"
admin.site.site_title = "Rollcall"
admin.site.index_title = gettext_lazy("Administration")
admin.site.disable_action("delete_selected")  # one at a time, where it is not used


def in_use(thing: Model) -> bool:
    """Whether history or a setting refers to `thing`. A list that it is taken out of may be empty
    then, which often means everybody."""
    try:
        Collector(using="default").collect([thing])
    except ProtectedError:
        return True
    return any(_lists(thing))


def _lists(thing: Model) -> Iterator[bool]:
    """For each kind of list that things like it are put in, whether it is in one."""
    for rel in thing._meta.get_fields(include_hidden=True):
        if isinstance(rel, ManyToManyRel) and rel.through._meta.auto_created:  # type: ignore[union-attr]
            lists = rel.related_model._base_manager
            yield lists.filter(**{rel.field.name: thing.pk}).exists()


def refresh_everybody(request: HttpRequest) -> None:
    """Have every agent derived anew, and every board read anew, after a setting changed."""
    actions.refresh(Agent.objects.values_list("pk", flat=True), request.user.pk)


class Keeps(admin.ModelAdmin):
    """What is needed is not deleted, and who would delete it reads why."""

    change_form_template = "admin/keeps.html"

    def why_kept(self, thing: Any) -> str:
        """Why `thing` cannot be deleted, and what to do instead; empty where it can."""
        return ""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and self.why_kept(obj))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"why_kept": self._refusal(request, object_id)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if why := self._refusal(request, object_id):
            messages.error(request, why)
            meta = self.opts
            return redirect(f"admin:{meta.app_label}_{meta.model_name}_change", object_id)
        return super().delete_view(request, object_id, extra_context)

    def _refusal(self, request: HttpRequest, object_id: str) -> str:
        thing = self.get_object(request, unquote(object_id))
        return self.why_kept(thing) if thing and self.has_delete_permission(request) else ""


class KeepUsed(Keeps):
    """What is used is deactivated, never deleted."""

    actions = ["deactivate", "activate"]

    def why_kept(self, thing: Any) -> str:
        if getattr(thing, "built_in", False):
            return _("Kept because it is built in.")
        if in_use(thing):
            return _("Kept because history or a setting refers to it. Deactivate it instead.")
        return super().why_kept(thing)

    @admin.action(description=gettext_lazy("Deactivate (keeps history)"))
    def deactivate(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        for thing in chosen:
            self._switch(request, thing, active=False)

    @admin.action(description=gettext_lazy("Activate"))
    def activate(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        for thing in chosen:
            self._switch(request, thing, active=True)

    def _switch(self, request: HttpRequest, thing: Any, *, active: bool) -> None:
        thing.active = active
        try:
            thing.full_clean()
        except ValidationError as error:
            messages.error(request, f"{thing}: {' '.join(error.messages)}")
            return
        self.save_model(request, thing, None, change=True)


def _modes() -> QuerySet[Status]:
    """What an agent can be put into by a rule."""
    return Status.objects.filter(system=False, active=True)


class ReasonInline(admin.TabularInline):
    model = Reason
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # here: uncheck "active"; a reason never used can be deleted on its own page


@admin.register(Status)
class StatusAdmin(KeepUsed):
    list_display = ["label", "code", "colour", "workforce", "selectable", "active", "order"]
    list_editable = ["order"]
    list_filter = ["active", "selectable", "workforce"]
    search_fields = ["label", "code"]
    filter_horizontal = ["teams"]
    inlines = [ReasonInline]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Status | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        fixed = ("workforce", "accepts_inbound", "allows_outbound", "active")
        never_chosen = (
            "selectable",
            "reason_policy",
            "after_maximum",
            "idle_seconds",
            "after_idle",
            "teams",
        )
        return (
            "code",
            *(fixed if obj.built_in else ()),
            *(never_chosen if obj.system else ()),
        )

    def get_form(
        self, request: HttpRequest, obj: Status | None = None, change: bool = False, **options: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **options)
        modes = _modes().exclude(pk=obj.pk) if obj else _modes()
        if obj and obj.built_in and not obj.accepts_inbound:  # which stays so
            modes = modes.filter(accepts_inbound=False)
        for name in {"after_maximum", "after_idle"} & form.base_fields.keys():
            form.base_fields[name].queryset = modes  # type: ignore[attr-defined]
        return form

    def save_model(
        self, request: HttpRequest, obj: Status, form: ModelForm | None, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        refresh_everybody(request)

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        status = form.instance
        required = status.reason_policy == ReasonPolicy.REQUIRED
        if required and not status.reasons.filter(active=True).exists():
            messages.warning(
                request,
                _("%(status)s asks for a reason, but there is none yet. Add one.")
                % {"status": status},
            )


@admin.register(Reason)
class ReasonAdmin(KeepUsed):
    list_display = ["label", "status", "active", "order"]
    list_filter = ["status", "active"]
    search_fields = ["label"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Reason | None = None
    ) -> tuple[str, ...]:
        return ("status",) if obj else ()  # history reads the status through the reason

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "status":
            options["queryset"] = Status.objects.filter(system=False)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(
        self, request: HttpRequest, obj: Reason, form: ModelForm | None, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        refresh_everybody(request)


@admin.register(Team)
class TeamAdmin(KeepUsed):
    list_display = ["name", "active"]
    search_fields = ["name"]
    filter_horizontal = ["supervisors"]

    def why_kept(self, thing: Team) -> str:
        if thing.status_set.exists():
            # Without the team it would be open to everybody.
            return _("Kept because a status is this team's to choose. Deactivate it instead.")
        if thing.limits.exists():
            return _("Kept because a limit names it. Deactivate it instead.")
        return super().why_kept(thing)

    def save_model(
        self, request: HttpRequest, obj: Team, form: ModelForm | None, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        actions.refresh(obj.agents.values_list("pk", flat=True), request.user.pk)


class DeviceInline(admin.TabularInline):
    model = Device
    extra = 0


@admin.register(Agent)
class AgentAdmin(KeepUsed):
    list_display = ["name", "user", "team", "presence_policy", "active"]
    list_filter = ["active", "team", "presence_policy"]
    search_fields = ["name", "user__username", "devices__address"]
    autocomplete_fields = ["user", "team"]
    inlines = [DeviceInline]

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        self._take_over(request, form.instance)

    def _switch(self, request: HttpRequest, thing: Agent, *, active: bool) -> None:
        super()._switch(request, thing, active=active)
        self._take_over(request, thing)

    def _take_over(self, request: HttpRequest, agent: Agent) -> None:
        """Bring the agent's state in line with what was saved. One who is deactivated is logged
        out; a call they are on is tracked to its end."""
        actions.enrol(agent)
        if not agent.active:
            event = LogOut(at=timezone.now(), actor=request.user.pk, cause=Cause.SUPERVISOR)
            actions.apply(agent.pk, event)
        actions.refresh([agent.pk], request.user.pk)


@admin.register(Floor)
class FloorAdmin(admin.ModelAdmin):
    list_display = ["name", "vocabulary", "login_policy", "grace_seconds"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "after_connection_lost":
            options["queryset"] = _modes().filter(accepts_inbound=False)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Floor, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.vocabulary and "vocabulary" in form.changed_data:
            vocabulary.load(obj.vocabulary, request.user.pk)
            said = _("Statuses were relabelled: %(words)s.")
            messages.info(request, said % {"words": obj.get_vocabulary_display()})
        refresh_everybody(request)


class ReadOnly(admin.ModelAdmin):
    """A record to look at: nobody writes history by hand."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(Interval)
class IntervalAdmin(ReadOnly):
    list_display = ["agent", "status", "reason", "note", "started_at", "ended_at", "cause", "actor"]
    list_filter = ["status", "cause", "started_at"]
    list_select_related = ["agent", "status", "reason__status", "actor"]
    search_fields = ["agent__name"]


@admin.register(PendingMode)
class PendingModeAdmin(ReadOnly):
    list_display = ["agent", "status", "reason", "started_at", "ended_at", "end", "cause", "actor"]
    list_filter = ["status", "end", "cause", "started_at"]
    list_select_related = ["agent", "status", "reason__status", "actor"]
    search_fields = ["agent__name"]


@admin.register(Transition)
class TransitionAdmin(ReadOnly):
    list_display = ["at", "agent", "version", "event", "source", "actor"]
    list_filter = ["event", "source", "at"]
    list_select_related = ["agent", "actor"]
    search_fields = ["agent__name", "event_id"]


@admin.register(AgentState)
class AgentStateAdmin(ReadOnly):
    list_display = ["agent", "shown_status", "shown_since", "may_receive", "why_not", "version"]
    list_filter = ["shown_status", "may_receive"]
    list_select_related = ["agent", "shown_status"]
    search_fields = ["agent__name"]
