"""Where admins keep the telephony systems that Rollcall follows."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presence.admin import KeepUsed
from presence.models import Transition
from presence.sealing import CannotOpen
from routing.admin.connection import ConnectionPage
from routing.connectors import links
from routing.models import Connector, Interaction


class ConnectorForm(forms.ModelForm):
    """The kept secret is in no page: what is entered replaces it."""

    secret = forms.CharField(
        label=gettext_lazy("Manager secret"),
        max_length=120,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("As in manager.conf."),
    )

    class Meta:
        model = Connector
        fields = "__all__"  # noqa: DJ007 - as the admin lays them out
        help_texts = {"port": gettext_lazy("5038; 5039 with TLS.")}
        widgets = {"queues": forms.Textarea(attrs={"rows": 4, "cols": 40})}

    def __init__(self, *args: Any, **options: Any) -> None:
        if kept := options.get("instance"):
            _forget_unopened(kept)
        super().__init__(*args, **options)
        self.initial["secret"] = ""  # nosec B105
        if self.instance.secret:
            self.fields["secret"].help_text = _("Leave it empty to keep the one that is set.")

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if any(sign in host for sign in "/ @") or host.count(":") == 1:
            raise forms.ValidationError(
                _(
                    "Name the machine alone, such as pbx.example.com; the port has a field of its "
                    "own."
                )
            )
        return host

    def clean_secret(self) -> str:
        secret = str(self.cleaned_data["secret"]) or self.instance.secret
        if not secret:
            raise forms.ValidationError(_("Enter the secret that the manager user has there."))
        return secret

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        if {"host", "port", "user"} <= said.keys():
            same = Connector.objects.filter(
                host__iexact=said["host"], port=said["port"], user=said["user"]
            )
            if other := same.exclude(pk=self.instance.pk).first():
                raise forms.ValidationError(
                    _(
                        "%(other)s is connected to that system by that user already. Change it, or "
                        "give this connector a manager user of its own."
                    )
                    % {"other": other}
                )
        return said


def _forget_unopened(connector: Connector) -> None:
    """One that cannot be opened is as good as none: it has to be entered anew."""
    try:
        connector.secret  # noqa: B018 - asked for, it is opened
    except CannotOpen:
        connector.secret = ""  # nosec B105


@admin.register(Connector)
class ConnectorAdmin(ConnectionPage, KeepUsed):
    form = ConnectorForm
    change_form_template = "admin/routing/connector/change_form.html"
    list_display = ["name", "host", "port", "standing", "active"]
    list_filter = ["active"]
    list_select_related = ["link"]
    search_fields = ["name", "host"]
    fieldsets = [
        (None, {"fields": ["name", "active"]}),
        (
            gettext_lazy("Manager Interface"),
            {"fields": [("host", "port"), ("tls", "verify_certificate"), "user", "secret"]},
        ),
        (
            gettext_lazy("What is followed"),
            {"fields": ["queues", "makes_queues", "receives_when_lost", "priority"]},
        ),
        (gettext_lazy("What it is told"), {"fields": ["tells_pauses", "manages_members"]}),
    ]

    @admin.display(description=gettext_lazy("connection"))
    def standing(self, connector: Connector) -> str:
        url = reverse("admin:routing_connector_connection", args=[connector.pk])
        words = links.standing(connector, timezone.now()).words
        return format_html('<a href="{}">{}</a>', url, words)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name",) if obj else ()  # calls and changes refer to it

    def why_kept(self, thing: Connector) -> str:
        used = (Interaction, Transition)
        if any(kind.objects.filter(source=thing.name).exists() for kind in used):
            return _("Kept because calls or changes came from it. Deactivate it instead.")
        return super().why_kept(thing)

    def response_post_save_add(self, request: HttpRequest, obj: Connector) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:routing_connector_connection", args=[obj.pk]))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.connection_view)
        name = "routing_connector_connection"
        return [path("<int:connector_id>/connection/", view, name=name), *super().get_urls()]
