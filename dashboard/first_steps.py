"""What a new installation still needs until its floor comes alive."""

from dataclasses import dataclass

from django.urls import reverse

from presence.models import Floor, Status, Team
from presence.words import lazily as _
from routing.models import Connector, Queue


@dataclass(frozen=True)
class Step:
    """Something to set up in the admin: what, why, and whether it is there."""

    label: str
    why: str
    url: str
    done: bool


def steps() -> list[Step]:
    """In the order in which they are best taken."""
    words = Floor.objects.filter(pk=1).exclude(vocabulary="").exists()
    own = Status.objects.filter(built_in=False).exists()
    return [
        Step(
            _("Statuses"),
            _("What agents can be, in your words; those that come along will do."),
            reverse("admin:presence_status_changelist"),
            words or own,
        ),
        Step(
            _("A team"),
            _("Who works together; their supervisors share views."),
            reverse("admin:presence_team_add"),
            Team.objects.exists(),
        ),
        Step(
            _("The first agent"),
            _("A user who takes calls. They appear here at once."),
            reverse("admin:presence_agent_add"),
            False,
        ),
        Step(
            _("A queue"),
            _("Where callers wait, and who serves it."),
            reverse("admin:routing_queue_add"),
            Queue.objects.exists(),
        ),
        Step(
            _("Your telephony"),
            _("An Asterisk that Rollcall follows; others tell it by the API."),
            reverse("admin:routing_connector_add"),
            Connector.objects.exists(),
        ),
    ]
