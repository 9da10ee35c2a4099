"""How a person arranges the monitor."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from presence.models import Team


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", "Comfortable"
    COMPACT = "compact", "Compact"


class Layout(models.Model):
    """One person's columns, in order (empty: all, as they come), and how close the rows stand."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="layout"
    )
    density = models.CharField(
        max_length=12, choices=Density.choices, default=Density.COMFORTABLE.value
    )
    columns = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"Layout of {self.user}"


class SavedView(models.Model):
    """A named address of the monitor: its owner's, or also shown to all who watch a team."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True, help_text="The address after the ?.")
    team = models.ForeignKey(
        Team,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        help_text="Shared with the supervisors of this team. Empty: private.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="saved_view_name_once",
                violation_error_message="You have a view of this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name
