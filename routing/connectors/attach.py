"""Giving what a telephony system reports, and nobody here had, its place: a phone its agent, a
queue its own."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from presence.actions import refresh
from presence.events import DeviceKind
from presence.models import Agent, Device
from presence.writing import write
from routing.models import Claim, Connector, ConnectorLink, PauseRequest, Queue, Unmatched
from routing.provision import Provision
from routing.reports import QueueSeen


class CannotAttach(Exception):
    """The text is a sentence for people."""


def unmatched(connector: Connector) -> QuerySet[Unmatched]:
    """What the connector's system reports and still nobody has, the latest first."""
    found = Unmatched.objects.filter(connector=connector)
    phones = Device.objects.exclude(address="").values("address")
    return found.exclude(name__in=phones).exclude(name__in=Queue.objects.values("name"))


def attach_phone(found: Unmatched, agent: Agent, actor: int | None = None) -> str:
    """The phone is the agent's from now on; gives the address that theirs had before.

    Raises `CannotAttach` where somebody else got it meanwhile.
    """
    with write():
        if other := Device.objects.filter(address=found.name).select_related("agent").first():
            raise CannotAttach(
                _("%(phone)s is %(agent)s's already.") % {"phone": found.name, "agent": other.agent}
            )
        device, _made = Device.objects.get_or_create(agent=agent, kind=DeviceKind.SIP.value)
        before, device.address = device.address, found.name
        device.save(update_fields=["address"])
        # What was said and asked of the phone that it was before tells nothing of this one.
        Claim.objects.filter(device=device).delete()
        PauseRequest.objects.filter(device=device).delete()
        found.delete()
        refresh([agent.pk], actor)
        ask_again(found.connector)
    return before


def make_queue(found: Unmatched) -> Queue:
    """The queue is here from now on, and the telephony decides in it."""
    with write():
        Provision().take(QueueSeen(at=timezone.now(), id="", queue=found.name))
        found.delete()
        ask_again(found.connector)
    return Queue.objects.get(name__iexact=found.name)


def ask_again(connector: Connector) -> None:
    """Have the connector's process ask for a snapshot."""
    ConnectorLink.objects.filter(connector=connector).update(snapshot_wanted=True)
