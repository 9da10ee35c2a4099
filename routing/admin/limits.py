"""Where admins say who sees what."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presence.admin import Keeps
from presence.models import Team
from routing.models import Limit

MAY_LIFT = "routing.change_limit"


class LimitForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        asked = dict(super().clean() or self.cleaned_data)
        if not (asked.get("teams") or asked.get("queues")):
            raise ValidationError(_("Choose a team or a queue: with neither, nobody is seen."))
        return asked

    def clean_users(self) -> Any:
        users = self.cleaned_data["users"]
        if free := [str(user) for user in users if user.has_perm(MAY_LIFT)]:
            said = _("%(names)s may lift limits, so none can bind them.")
            raise ValidationError(said % {"names": ", ".join(free)})
        return users


@admin.register(Limit)
class LimitAdmin(Keeps):
    form = LimitForm
    list_display = ["name", "theirs", "seen"]
    search_fields = ["name", "users__username"]
    filter_horizontal = ["teams", "queues", "users"]

    @admin.display(description=gettext_lazy("people"))
    def theirs(self, limit: Limit) -> str:
        return ", ".join(map(str, limit.users.all())) or "-"

    @admin.display(description=gettext_lazy("teams and queues"))
    def seen(self, limit: Limit) -> str:
        return ", ".join(map(str, [*limit.teams.all(), *limit.queues.all()])) or "-"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("teams", "queues", "users")

    def why_kept(self, thing: Limit) -> str:
        if thing.users.exists():
            return _("Kept because without it these people would see everybody. Take them out.")
        if thing.wallboards.exists():
            return _("Kept because without it wallboards would show everything. Revoke them first.")
        return super().why_kept(thing)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for user in form.instance.users.all():
            if names := _led_elsewhere(user):
                said = _("%(user)s leads %(names)s, and does not see all of it.")
                messages.warning(request, said % {"user": user, "names": ", ".join(names)})


def _led_elsewhere(user: User) -> list[str]:
    """The teams that the user leads and that none of their limits names."""
    led = Team.objects.filter(supervisors=user, active=True).exclude(limits__users=user)
    return list(led.values_list("name", flat=True))
