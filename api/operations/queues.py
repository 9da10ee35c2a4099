"""The status catalogue, and queues with their live figures."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from api.auth import READ, sight_of
from api.fields import Named
from api.paging import Page, Paging, page
from api.problems import not_found
from api.shapes.queues import QueueOut, queue_out
from presence.models import Status
from presence.models.catalogue import ReasonPolicy, Workforce
from presence.models.looks import Colour, Icon
from routing import figures, limits
from routing.models import Queue
from routing.sight import Sight

router = Router(tags=["queues"])


class ReasonOut(Schema):
    id: int
    label: str


class StatusOut(Named):
    """A row of the status catalogue. Agents choose those that are `selectable`."""

    colour: Colour
    icon: Icon
    workforce: Workforce
    accepts_inbound: bool
    allows_outbound: bool
    selectable: bool
    system: bool
    reason_policy: ReasonPolicy
    max_seconds: int | None
    reasons: list[ReasonOut]


@router.get("/statuses", response=Page[StatusOut], auth=READ, tags=["statuses"])
def list_statuses(request: HttpRequest) -> dict[str, Any]:
    """The whole catalogue of active statuses, in its order, with the active reasons of each."""
    found = Status.objects.filter(active=True).prefetch_related("reasons").order_by("order", "code")
    return {"items": [_status(status) for status in found], "next": None}


def _status(status: Status) -> StatusOut:
    return StatusOut(
        code=status.code,
        label=status.label,
        colour=Colour(status.colour),
        icon=Icon(status.icon),
        workforce=Workforce(status.workforce),
        accepts_inbound=status.accepts_inbound,
        allows_outbound=status.allows_outbound,
        selectable=status.selectable,
        system=status.system,
        reason_policy=ReasonPolicy(status.reason_policy),
        max_seconds=status.max_seconds,
        reasons=[
            ReasonOut(id=reason.pk, label=reason.label)
            for reason in status.reasons.all()
            if reason.active
        ],
    )


@router.get("/queues", response=Page[QueueOut], auth=READ)
def list_queues(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Active queues with their live figures, oldest first."""
    sight = sight_of(request)
    found = page(request, _queues(sight).filter(active=True), paging, lambda queue: queue)
    return found | {"items": _shown(found["items"], sight)}


@router.get("/queues/{key:queue_id}", response=QueueOut, auth=READ)
def get_queue(request: HttpRequest, queue_id: int) -> QueueOut:
    """One queue with its live figures."""
    sight = sight_of(request)
    queues = list(_queues(sight).filter(pk=queue_id))
    if not queues:
        raise not_found("queue", queue_id)
    return _shown(queues, sight)[0]


def _queues(sight: Sight) -> QuerySet[Queue]:
    overflows = ("withdrawn_overflow", "absent_overflow", "max_wait_overflow")
    related = [f"{overflow}__queue" for overflow in overflows]
    seen = Queue.objects.filter(limits.queues(sight))
    return seen.select_related(*related).prefetch_related("ring_groups")


def _shown(queues: list[Queue], sight: Sight) -> list[QueueOut]:
    now = timezone.now()
    return [queue_out(each, now) for each in figures.read(queues, sight)]
