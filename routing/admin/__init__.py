"""Where admins keep queues, who serves them, where callers go and which telephony is followed, and
read what became of calls."""

from routing.admin import calls, connectors, places, queues

__all__ = ["calls", "connectors", "places", "queues"]
