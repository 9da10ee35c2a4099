"""Fields that several of the routing layer's tables have."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from routing.models.queues import Destination

RING = [
    MinValueValidator(1, _("A phone that rings 0 seconds is never answered; use 1 or more.")),
    MaxValueValidator(600),
]


def overflow_to(
    label: "_StrOrPromise",
) -> "models.ForeignKey[Destination | None, Destination | None]":
    """A field for where callers go then; empty hangs up."""
    return models.ForeignKey(
        "routing.Destination",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        help_text=_("Empty: hang up."),
    )


def wait(
    label: "_StrOrPromise", help_text: "_StrOrPromise"
) -> "models.PositiveIntegerField[int | None, int | None]":
    """A field for a wait in seconds: 0 overflows at once, None has no limit."""
    return models.PositiveIntegerField(label, null=True, blank=True, help_text=help_text)
