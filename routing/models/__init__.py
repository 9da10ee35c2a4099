"""The routing layer's tables."""

from routing.models.calls import (
    EntryOutcome,
    Interaction,
    InteractionOutcome,
    Leg,
    LegSpan,
    QueueEntry,
)
from routing.models.connectors import Connector, ConnectorLink, PauseRequest, Unmatched
from routing.models.groups import Membership, RingGroup, Turn
from routing.models.queues import Destination, DirectNumber, Distribution, Queue, Staffing

__all__ = [
    "Connector",
    "ConnectorLink",
    "Destination",
    "DirectNumber",
    "Distribution",
    "EntryOutcome",
    "Interaction",
    "InteractionOutcome",
    "Leg",
    "LegSpan",
    "Membership",
    "PauseRequest",
    "Queue",
    "QueueEntry",
    "RingGroup",
    "Staffing",
    "Turn",
    "Unmatched",
]
