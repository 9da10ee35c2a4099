"""The routing layer's tables."""

from routing.models.calls import (
    EntryOutcome,
    Interaction,
    InteractionOutcome,
    Leg,
    LegSpan,
    QueueEntry,
)
from routing.models.queues import (
    Destination,
    DirectNumber,
    Distribution,
    Membership,
    Queue,
    RingGroup,
    Staffing,
    Turn,
)

__all__ = [
    "Destination",
    "DirectNumber",
    "Distribution",
    "EntryOutcome",
    "Interaction",
    "InteractionOutcome",
    "Leg",
    "LegSpan",
    "Membership",
    "Queue",
    "QueueEntry",
    "RingGroup",
    "Staffing",
    "Turn",
]
