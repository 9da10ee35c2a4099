"""Where admins see the wallboards that there are, and revoke them; links are made on their page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import wallboards
from dashboard.models import SecondFactor, Wallboard
from presence.admin import ReadOnly


@admin.register(Wallboard)
class WallboardAdmin(admin.ModelAdmin):
    list_display = ["name", "created_by", "created_at", "seen_at", "revoked_at"]
    search_fields = ["name"]
    filter_horizontal = ["teams", "queues", "limits"]
    fields = ["name", "teams", "queues", "limits", "language", "time_zone"]
    readonly_fields = ["created_by", "created_at", "seen_at", "revoked_at"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.fields, *self.readonly_fields]

    @admin.action(description=gettext_lazy("Revoke the link"), permissions=["delete"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Wallboard]) -> None:
        for board in chosen.filter(revoked_at=None):
            wallboards.revoke(board, timezone.now())
            self.log_change(request, board, "Revoked.")
            messages.info(
                request, _("The link of %(board)s opens nothing any more.") % {"board": board}
            )


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnly):
    """Deleting one lets its user in by the password alone, once they have lost phone and codes."""

    list_display = ["user", "set_up_at"]
    search_fields = ["user__username"]
    fields = ["user", "set_up_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("dashboard.delete_secondfactor")
