"""What goes on: processes, timers, telephony, webhooks, and whether anybody can use it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count
from django.utils import timezone

from operations.doctor.findings import Finding, error, warning
from presence import clock
from presence.models import Agent, Server, Status
from presence.verify import PATIENCE
from routing import distribution
from routing.connectors import links
from routing.models import ConnectorLink
from webhooks.models import Delivery, DeliveryState

SILENT = timedelta(minutes=10)
"""How long a telephony system that is connected may say nothing before it is told."""


def servers_live() -> Iterator[Finding]:
    """A server process lives, and none that died is still counted."""
    now = timezone.now()
    if not Server.objects.filter(expires_at__gt=now).exists():
        yield warning("No server process lives.", "manage.py serve, or as docs/operations.md says.")
    if dead := Server.objects.filter(expires_at__lt=now - PATIENCE).count():
        says = f"{dead} server processes died, and their agents are still shown as connected."
        yield error(says, "Start a server: it lets go of what they held.")


def timers_fire() -> Iterator[Finding]:
    """Timers fire when they are due."""
    if (late := _late(clock.next_due())) > PATIENCE:
        says = f"Timers are {_span(late)} late: no clock runs."
        yield error(says, "manage.py run_clock, or RUN_CLOCK=true for a server.")


def callers_are_distributed() -> Iterator[Finding]:
    """Callers who wait are looked at."""
    if (late := _late(distribution.next_due())) > PATIENCE:
        says = f"A caller has waited {_span(late)} without anybody looking: no process distributes."
        yield error(says, "manage.py run_clock, or RUN_CLOCK=true for a server.")


def telephony_is_connected() -> Iterator[Finding]:
    """Every active telephony system is connected, and nothing is wrong there."""
    now = timezone.now()
    for one in links.read(now):
        link: ConnectorLink | None = getattr(one.connector, "link", None)
        name = one.connector.name
        if not one.up:
            since = f" for {_span(now - one.since)}" if one.since else ""
            yield error(f"{name} is not connected{since}: {one.why}", _page(one.connector.pk))
        elif link and link.heard_at and now - link.heard_at > SILENT:
            says = f"{name} is connected and has said nothing for {_span(now - link.heard_at)}."
            yield warning(says, _page(one.connector.pk))
        for remark in link.remarks if link else ():
            yield warning(f"{name}: {remark}", _page(one.connector.pk))


def events_are_delivered() -> Iterator[Finding]:
    """Every webhook got what it is to be told."""
    failed = Delivery.objects.filter(state=DeliveryState.FAILED).order_by()
    for name, number in failed.values_list("endpoint__name").annotate(Count("pk")):
        says = f"{number} events were given up for the webhook {name}."
        yield warning(says, "See what it answers under Deliveries in the admin; have them retried.")


def somebody_can_use_it() -> Iterator[Finding]:
    """There is an admin, and what agents can be."""
    users = get_user_model().objects.filter(is_active=True)
    if not users.filter(is_superuser=True).exists():
        yield error("There is no admin.", "manage.py createsuperuser")
    if not Status.objects.filter(selectable=True).exists():
        yield error("There is no status to choose.", "manage.py load_vocabulary")
    if lost := Agent.objects.filter(active=True, state__isnull=True).count():
        yield error(f"{lost} active agents have no state.", "Save them in the admin.")


def _late(due: datetime | None) -> timedelta:
    return max(timezone.now() - due, timedelta()) if due else timedelta()


def _span(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _page(connector_id: int) -> str:
    return f"/admin/routing/connector/{connector_id}/connection/ says more."


CHECKS = (
    servers_live,
    timers_fire,
    callers_are_distributed,
    telephony_is_connected,
    events_are_delivered,
    somebody_can_use_it,
)
