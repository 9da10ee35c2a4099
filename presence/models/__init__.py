"""The presence layer's tables."""

from presence.models.agents import Agent, Device, Team
from presence.models.catalogue import Reason, Status
from presence.models.connections import Connection, Server
from presence.models.floor import Floor
from presence.models.history import Interval, PendingEnd, PendingMode, Transition
from presence.models.outbox import OutboxEvent, Sequence
from presence.models.people import Preferences
from presence.models.states import AgentState

__all__ = [
    "Agent",
    "AgentState",
    "Connection",
    "Device",
    "Floor",
    "Interval",
    "OutboxEvent",
    "PendingEnd",
    "PendingMode",
    "Preferences",
    "Reason",
    "Sequence",
    "Server",
    "Status",
    "Team",
    "Transition",
]
