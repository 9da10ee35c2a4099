"""How a person arranges the monitor."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from presence.models import Team


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class Layout(models.Model):
    """One person's columns, in order (empty: all, as they come), how close the rows stand, and the
    view that they begin with."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="layout"
    )
    density = models.CharField(
        max_length=12, choices=Density.choices, default=Density.COMFORTABLE.value
    )
    columns = models.JSONField(default=list, blank=True)
    opens_with = models.ForeignKey(
        "SavedView",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The view that the monitor opens with. Empty: everybody."),
    )

    def __str__(self) -> str:
        return f"Layout of {self.user}"


class SavedView(models.Model):
    """A named address of the monitor: its owner's, or also shown to all who watch a team."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True, help_text=_("The address after the ?."))
    team = models.ForeignKey(
        Team,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        help_text=_("Shared with the supervisors of this team. Empty: private."),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="saved_view_name_once",
                violation_error_message=_("You have a view of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
