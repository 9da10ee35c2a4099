"""Who is connected, through which server process (BEHAVIOURS E)."""

import uuid

from django.db import models

from presence.models.agents import Agent


class Server(models.Model):
    """A server process, alive until `expires_at` unless it renews. Its connections die with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class Connection(models.Model):
    """An agent has at least one open page through a server process."""

    server = models.ForeignKey(Server, on_delete=models.CASCADE, related_name="connections")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="connections")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["server", "agent"], name="connection_once_per_server")
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} via {self.server_id}"
