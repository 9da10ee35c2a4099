"""Where admins keep queues, who serves them and where callers go, and read what became of calls."""

from routing.admin import calls, places, queues

__all__ = ["calls", "places", "queues"]
