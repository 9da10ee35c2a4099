"""Big screens that need no log-in."""

from django.conf import settings
from django.db import models

from presence.models import Team
from routing.models import Queue


class Wallboard(models.Model):
    """A link that shows figures, and never a name, to whoever has it, until it is revoked."""

    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    teams = models.ManyToManyField(Team, blank=True, help_text="None: all.")
    queues = models.ManyToManyField(Queue, blank=True, help_text="None: all.")
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, blank=True, help_text="Empty: the account's.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
