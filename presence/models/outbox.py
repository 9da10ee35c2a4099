"""What others are told: events written in the transaction of what they tell."""

import uuid

from django.db import models


class OutboxEvent(models.Model):
    """One event for webhooks and streams. Events about one `subject` stay in order.

    `position` is its place in the stream, given once it is committed: keys are drawn earlier, so
    that a reader who went by them could miss the slower of two transactions.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    type = models.CharField(max_length=40)
    at = models.DateTimeField()
    subject = models.CharField(max_length=40)
    data = models.JSONField()
    position = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"],
                name="outbox_not_in_stream",
                condition=models.Q(position__isnull=True),
            ),
            models.Index(fields=["at"], name="outbox_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class Sequence(models.Model):
    """The one row that says how far the stream goes: the `last` position given, and the highest
    that was `purged`. Who gives or purges positions holds its lock."""

    last = models.PositiveBigIntegerField(default=0)
    purged = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.purged} to {self.last}"
