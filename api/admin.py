"""Where admins make the keys that programs use the API with, and revoke them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from api import keys
from api.models import ApiKey
from presence.admin import Keeps


@admin.register(ApiKey)
class ApiKeyAdmin(Keeps):
    list_display = [
        "name", "prefix", "source", "may", "limit", "last_used_at", "expires_at", "revoked_at",
    ]  # fmt: skip
    list_filter = ["source"]
    list_select_related = ["limit"]
    search_fields = ["name", "prefix", "source"]
    fields = ["name", "source", "read", "telephony", "supervise", "limit", "expires_at"]
    actions = ["revoke"]

    @admin.display(description=gettext_lazy("scopes"))
    def may(self, key: ApiKey) -> str:
        return ", ".join(sorted(key.scopes)) or _("none")

    @admin.action(description=gettext_lazy("Revoke (for good)"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        for key in chosen.filter(revoked_at=None):
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])
            self.log_change(request, key, _("Revoked."))
            messages.info(request, _("%(key)s opens nothing any more.") % {"key": key})

    def why_kept(self, thing: ApiKey) -> str:
        if thing.last_used_at is None:
            return ""
        return _("This key has been used, and calls refer to its source. Revoke it instead.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.fields, *self.get_readonly_fields(request, obj)[1:]] if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        known = ["source", "prefix", "created_by", "created_at", "last_used_at", "revoked_at"]
        return known if obj else []

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.created_by_id = request.user.pk
        request.key_text = keys.give_text(obj)  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key's text: in this answer alone, for a message would be stored."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The key"),
            "key": obj,
            "text": request.key_text,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "api/key_made.html", context)
