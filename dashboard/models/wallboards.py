"""Big screens that need no log-in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from presence.models import Team
from routing.models import Limit, Queue


class Wallboard(models.Model):
    """A link that shows figures, and never a name, to whoever has it, until it is revoked."""

    name = models.CharField(_("name"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    teams = models.ManyToManyField(
        Team, blank=True, verbose_name=_("teams"), help_text=_("Whose agents count. None: all.")
    )
    queues = models.ManyToManyField(
        Queue, blank=True, verbose_name=_("queues"), help_text=_("Which show. None: all.")
    )
    limits = models.ManyToManyField(
        Limit,
        blank=True,
        related_name="wallboards",
        verbose_name=_("limits"),
        help_text=_("Of whoever made it: it counts no more than these let be seen. None: all."),
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(
        _("time zone"), max_length=60, blank=True, help_text=_("Empty: the account's.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last open"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("wallboard")
        verbose_name_plural = _("wallboards")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(revoked_at=None),
                name="wallboard_name_once",
                violation_error_message=_("There is a wallboard of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
