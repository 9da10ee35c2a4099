"""How a person reads Rollcall, whether they take calls or not."""

from django.conf import settings
from django.db import models


class Preferences(models.Model):
    """One row for each user who chose something; empty: as the browser says."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preferences",
    )
    language = models.CharField(max_length=10, blank=True, help_text="As in LANGUAGES.")
    time_zone = models.CharField(max_length=60, blank=True, help_text="An IANA name.")

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"Preferences of {self.user}"
