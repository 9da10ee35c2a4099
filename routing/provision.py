"""Making the queues, agents and memberships that a telephony system reports but nobody here has."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.text import slugify

from presence import actions
from presence.events import Choice, DeviceKind
from presence.models import Agent, Device
from presence.state import PresencePolicy
from presence.writing import write
from routing.models import Queue, RingGroup
from routing.reports import MemberSeen, QueueSeen, Report


class Provision:
    """Makes what reports name, for floors that begin with their telephony's own set-up.

    Agents are made Available and logged in, as the telephony has them; a pause that is reported
    next takes that back. Every queue seen gets a wrap-up of `wrap_up` seconds; None leaves a queue
    that is there as it is, and a new one without.
    """

    def __init__(self, wrap_up: int | None = None) -> None:
        self._wrap_up = wrap_up

    def take(self, report: Report) -> None:
        """Make what `report` names and is not there."""
        with write():
            match report:
                case QueueSeen():
                    self._queue(report.queue)
                case MemberSeen(present=True):
                    self._queue(report.queue)
                    if not Device.objects.filter(address=report.address).exists():
                        self._agent(report.name or report.address, report.address, report.at)

    def _queue(self, name: str) -> None:
        queue, _ = Queue.objects.get_or_create(name__iexact=name, defaults={"name": name})
        group, _ = RingGroup.objects.get_or_create(queue=queue, tier=1)
        if self._wrap_up is not None:
            group.wrap_up_seconds = self._wrap_up
            group.save(update_fields=["wrap_up_seconds"])

    def _agent(self, name: str, address: str, at: datetime) -> None:
        user = get_user_model().objects.create_user(_free_username(name))
        agent = Agent.objects.create(
            user=user, name=name[:80], presence_policy=PresencePolicy.TELEPHONY.value
        )
        agent.devices.create(kind=DeviceKind.SIP.value, address=address)
        actions.enrol(agent, at, Choice("available"), telephony_logged_in=True)


def _free_username(name: str) -> str:
    """A user name like `name` that nobody has yet."""
    users = get_user_model().objects
    stem = slugify(name)[:100] or "agent"
    candidate, number = stem, 1
    while users.filter(username=candidate).exists():
        number += 1
        candidate = f"{stem}-{number}"
    return candidate
