"""Where admins say how notices go out, and see what did not."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications import carriers, sending
from notifications.models import Gateway, Notice, Sending
from notifications.words import labels, words
from presence.admin import ReadOnly
from webhooks import posting
from webhooks.admin import SignedAdmin


@admin.register(Gateway)
class GatewayAdmin(SignedAdmin):
    fields = ["channel", "url", "active"]
    list_display = ["channel", "url", "active"]
    actions = ["test", "show_secret", "rotate_secret"]

    @admin.action(description=gettext_lazy("Send a test notice"), permissions=["change"])
    def test(self, request: HttpRequest, chosen: QuerySet[Gateway]) -> None:
        now = timezone.now()
        for gateway in chosen:
            data = {"to": "", "title": _("Test"), "text": _("A test of the gateway.")}
            parcel = carriers.parcel(gateway, f"test_{now:%Y%m%d%H%M%S%f}", now, data, now)
            answer = posting.post([parcel], now)[0]
            if answer.error:
                messages.error(request, f"{gateway}: {answer.error}")
            else:
                messages.success(request, _("%s took the test notice.") % gateway)


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ["at", "agent", "kind", "said", "in_app", "desktop", "read_at"]
    list_filter = ["kind"]
    list_select_related = ["agent"]
    search_fields = ["agent__name"]
    date_hierarchy = "at"

    @admin.display(description=gettext_lazy("Says"))
    def said(self, notice: Notice) -> str:
        return words(notice, labels()).text


@admin.register(Sending)
class SendingAdmin(ReadOnly):
    list_display = [
        "made_at", "channel", "agent", "kind", "state", "error", "attempts", "due_at", "sent_at",
    ]  # fmt: skip
    list_filter = ["state", "channel"]
    list_select_related = ["notice__agent"]
    search_fields = ["notice__agent__name"]
    actions = ["retry"]

    @admin.display(description=gettext_lazy("Agent"))
    def agent(self, sending: Sending) -> Any:
        return sending.notice.agent

    @admin.display(description=gettext_lazy("About"))
    def kind(self, sending: Sending) -> str:
        return str(sending.notice.get_kind_display())

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_sending")

    @admin.action(description=gettext_lazy("Send again"), permissions=["retry"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Sending]) -> None:
        number = sending.retry(chosen, timezone.now())
        said = ngettext("%d notice will be sent now.", "%d notices will be sent now.", number)
        messages.success(request, said % number)
