"""The routing layer's tables."""

from routing.models.calls import (
    EntryOutcome,
    Interaction,
    InteractionOutcome,
    Leg,
    LegSpan,
    QueueEntry,
)
from routing.models.connectors import (
    CallCheck,
    Claim,
    Connector,
    ConnectorLink,
    PauseRequest,
    Unmatched,
)
from routing.models.groups import Membership, RingGroup, Turn
from routing.models.limits import Limit
from routing.models.queues import Destination, DirectNumber, Distribution, Queue, Staffing

__all__ = [
    "CallCheck",
    "Claim",
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
    "Limit",
    "Membership",
    "PauseRequest",
    "Queue",
    "QueueEntry",
    "RingGroup",
    "Staffing",
    "Turn",
    "Unmatched",
]
