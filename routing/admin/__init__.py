"""Where admins keep queues, who serves them, where callers go and which telephony is followed, and
read what became of calls; and who sees what."""

from routing.admin import calls, connectors, limits, places, queues

__all__ = ["calls", "connectors", "limits", "places", "queues"]
