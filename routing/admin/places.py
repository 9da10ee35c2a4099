"""Where admins keep the places that callers overflow to, and agents' own numbers."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presence.admin import Keeps, KeepUsed, in_use
from routing.admin.meaning import Means
from routing.models import Destination, DirectNumber, Queue


@admin.register(Destination)
class DestinationAdmin(Means, Keeps):
    list_display = ["__str__", "kind", "users"]
    list_filter = ["kind"]
    list_select_related = ["queue"]
    search_fields = ["queue__name", "address"]
    autocomplete_fields = ["queue"]

    def queues(self, thing: Destination) -> list[Queue]:
        return list(thing.used_by())

    @admin.display(description=gettext_lazy("callers come from"))
    def users(self, thing: Destination) -> str:
        return ", ".join(map(str, self.queues(thing))) or "-"

    def why_kept(self, thing: Destination) -> str:
        if queues := self.queues(thing):
            said = _("Kept because callers of %(names)s overflow here. Send them elsewhere first.")
            return said % {"names": _(" and ").join(map(str, queues))}
        if in_use(thing):
            return _("Kept because callers of a direct number overflow here. Change that first.")
        return super().why_kept(thing)


@admin.register(DirectNumber)
class DirectNumberAdmin(KeepUsed):
    list_display = ["number", "agent", "ring_seconds", "overflow", "active"]
    list_filter = ["active"]
    list_select_related = ["agent", "overflow__queue"]
    search_fields = ["number", "agent__name"]
    autocomplete_fields = ["agent"]
