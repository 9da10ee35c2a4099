"""Reserving the next agent of a queue, for a telephony system that rings by itself."""

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from api.auth import TELEPHONY, key_of
from api.fields import Address, Caller, Moment, Priority
from api.idempotency import Answer, once
from api.problems import Problem, not_found
from api.shapes.agents import DeviceOut
from api.shapes.calls import address_of, interaction_of
from presence import store
from presence.models import AgentState
from routing import limits, reservations
from routing.calls import Origin
from routing.figures import Workforces, workforces
from routing.models import Interaction, Leg, Queue

router = Router(tags=["queues"])


class ReservationIn(Schema):
    """A caller to find an agent for; the same `external_id` again asks again for the same one."""

    external_id: Address
    caller: Caller = ""
    priority: Priority = 0
    at: Moment | None = None


class OfferOut(Schema):
    """An agent who is reserved: ring these devices until the deadline."""

    leg: str
    agent: int
    agent_name: str
    devices: list[DeviceOut]
    ring_seconds: int | None
    deadline: datetime | None


class ReservationOut(Schema):
    interaction: int
    offers: list[OfferOut]


@router.post("/queues/{key:queue_id}/reservations", response={201: ReservationOut}, auth=TELEPHONY)
def create_reservation(request: HttpRequest, queue_id: int, wish: ReservationIn) -> HttpResponse:
    """Reserve the best agent for a caller, or all whom the queue rings together.

    Tell what becomes of the ring by the interaction's events. Where nobody is free the caller
    waits: ask again later, under another idempotency key.
    """

    def ask() -> int:
        key = key_of(request)
        queue = Queue.objects.filter(limits.queues(key.sight), pk=queue_id).first()
        if queue is None:
            raise not_found("queue", queue_id)
        origin = Origin(wish.at or timezone.now(), key.source)
        call = reservations.ask(origin, wish.external_id, queue, wish.caller, wish.priority)
        return interaction_of(call.pk, key.sight).pk  # one that was known may be elsewhere

    return once(request, ask, _reserved)


def _reserved(interaction_id: int) -> Answer:
    call = Interaction.objects.select_related("queue").get(pk=interaction_id)
    offers = [_offer(leg) for leg in reservations.ring(call, timezone.now())]
    if not offers:
        return Answer.of_problem(_nobody(call))
    shown = ReservationOut(interaction=call.pk, offers=offers)
    return Answer.of(shown, 201, address_of(call.pk))


def _offer(leg: Leg) -> OfferOut:
    live = store.load(AgentState.objects.get(agent=leg.agent_id)).leg(leg.external_id)
    return OfferOut(
        leg=leg.external_id,
        agent=leg.agent_id,
        agent_name=leg.agent.name,
        devices=[
            DeviceOut(kind=device.kind, address=device.address, enabled=True)
            for device in leg.agent.devices.filter(enabled=True)
        ],
        ring_seconds=live.call.ring if live else None,
        deadline=live.deadline if live else None,
    )


def _nobody(call: Interaction) -> Problem:
    queue = call.queue
    people = workforces([queue]).get(queue.pk, Workforces()) if queue else Workforces()
    sentence = "Nobody may have that call now. The caller waits; ask again later."
    return Problem(409, "nobody_available", sentence, interaction=call.pk, **asdict(people))
