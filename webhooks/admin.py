"""Where admins say who is told by webhook, and see what is stuck."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from presence import outbox
from presence.admin import ReadOnly
from presence.outbox import EventType
from webhooks import deliveries
from webhooks.courier import send_test
from webhooks.models import Delivery, DeliveryState, Endpoint, Signed


class EndpointForm(forms.ModelForm):
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=[(kind.value, kind.value) for kind in EventType],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Choose none to be told all, those of later versions too."),
    )

    class Meta:
        model = Endpoint
        fields = ["name", "url", "types", "active"]


def _of(state: DeliveryState) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint=OuterRef("pk"), state=state).order_by("position")


def _count(state: DeliveryState) -> Subquery:
    counted = _of(state).order_by().values("endpoint").annotate(number=Count("pk"))
    return Subquery(counted.values("number"))


class SignedAdmin(admin.ModelAdmin):
    """Addresses that signed messages are posted to, and their secrets."""

    def save_model(self, request: HttpRequest, obj: Signed, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            messages.info(
                request,
                _("To verify what it receives: select it and choose Show the signing secret."),
            )

    @admin.action(description=gettext_lazy("Show the signing secret"), permissions=["change"])
    def show_secret(self, request: HttpRequest, chosen: QuerySet[Signed]) -> HttpResponse:
        return self._secrets(request, chosen, _("Looked at the signing secret."))

    @admin.action(description=gettext_lazy("Rotate the signing secret"), permissions=["change"])
    def rotate_secret(self, request: HttpRequest, chosen: QuerySet[Signed]) -> HttpResponse:
        for one in chosen:
            one.rotate(timezone.now())
        return self._secrets(request, chosen, _("Rotated the signing secret."))

    def _secrets(self, request: HttpRequest, chosen: QuerySet[Signed], what: str) -> HttpResponse:
        for one in chosen:
            self.log_change(request, one, what)
        context = self.admin_site.each_context(request) | {
            "title": _("Signing secrets"),
            "opts": self.opts,
            "addresses": chosen.all(),
            "now": timezone.now(),
            "list": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
        }
        answer = TemplateResponse(request, "admin/webhooks/secrets.html", context)
        answer["Cache-Control"] = "no-store"
        return answer


@admin.register(Endpoint)
class EndpointAdmin(SignedAdmin):
    form = EndpointForm
    fieldsets = [(None, {"fields": ["name", "url", "types", "active"], "classes": ["wide"]})]
    list_display = ["name", "url", "active", "waiting", "failed", "oldest", "last_error"]
    actions = ["test", "show_secret", "rotate_secret"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        tried = _of(DeliveryState.WAITING).exclude(error="")
        endpoints: QuerySet[Endpoint] = super().get_queryset(request)
        return endpoints.annotate(
            waiting=_count(DeliveryState.WAITING),
            failed=_count(DeliveryState.FAILED),
            oldest=Subquery(_of(DeliveryState.WAITING).values("event__at")[:1]),
            last_error=Subquery(tried.values("error")[:1]),
        )

    @admin.display(description=gettext_lazy("Waiting"))
    def waiting(self, endpoint: Any) -> str:
        return _link(endpoint, DeliveryState.WAITING, endpoint.waiting)

    @admin.display(description=gettext_lazy("Given up"))
    def failed(self, endpoint: Any) -> str:
        return _link(endpoint, DeliveryState.FAILED, endpoint.failed)

    @admin.display(description=gettext_lazy("Oldest that waits"))
    def oldest(self, endpoint: Any) -> Any:
        return endpoint.oldest

    @admin.display(description=gettext_lazy("Why it waits"))
    def last_error(self, endpoint: Any) -> str:
        return str(endpoint.last_error or "")

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Its deliveries go with it, by their number: a list of them all would have no end."""
        chosen = Delivery.objects.filter(endpoint__in=list(objs))
        undelivered = chosen.exclude(state=DeliveryState.DELIVERED).count()
        number = _("Deliveries: %(all)s, not delivered of them: %(undelivered)s") % {
            "all": chosen.count(),
            "undelivered": undelivered,
        }
        lines = [*map(str, objs), number]
        return lines, {"endpoints": len(objs)}, set(), []

    @admin.action(description=gettext_lazy("Send a test event"), permissions=["change"])
    def test(self, request: HttpRequest, chosen: QuerySet[Endpoint]) -> None:
        for endpoint in chosen:
            answer = send_test(endpoint, timezone.now())
            if answer.error:
                messages.error(request, f"{endpoint}: {answer.error}")
            else:
                messages.success(
                    request,
                    _("%(endpoint)s took the test event (%(status)s).")
                    % {"endpoint": endpoint, "status": answer.status},
                )


def _link(endpoint: Endpoint, state: DeliveryState, number: int | None) -> str:
    if not number:
        return "0"
    address = reverse("admin:webhooks_delivery_changelist")
    query = f"?endpoint__id__exact={endpoint.pk}&state__exact={state.value}"
    return format_html('<a href="{}{}">{}</a>', address, query, number)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = [
        "happened_at", "type", "subject", "endpoint", "state", "error", "attempts", "due_at",
    ]  # fmt: skip
    list_filter = ["state", "endpoint", "event__type"]
    list_select_related = ["endpoint", "event"]
    search_fields = ["=subject", "=event__uid"]
    show_full_result_count = False
    actions = ["retry"]
    fields = [
        "endpoint", "type", "subject", "happened_at", "state", "attempts", "due_at", "held_until",
        "delivered_at", "status", "error", "message",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("Happened at"), ordering="event__at")
    def happened_at(self, delivery: Delivery) -> Any:
        return delivery.event.at

    @admin.display(description=gettext_lazy("Event"), ordering="event__type")
    def type(self, delivery: Delivery) -> str:
        return delivery.event.type

    @admin.display(description=gettext_lazy("Message"))
    def message(self, delivery: Delivery) -> str:
        return outbox.message(delivery.event)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.change_delivery")

    @admin.action(description=gettext_lazy("Retry now"), permissions=["retry"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        number = deliveries.retry(chosen, timezone.now())
        said = ngettext(
            "%(number)s will be sent now, in its subject's turn.",
            "%(number)s will be sent now, each in its subject's turn.",
            number,
        )
        messages.success(request, said % {"number": number})
        if chosen.filter(~Q(state=DeliveryState.DELIVERED), endpoint__active=False).exists():
            messages.warning(request, _("Some wait for their endpoint to be activated."))
