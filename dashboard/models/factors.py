"""What somebody proves themselves by beside their password."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from presence.sealing import SealedField, Unopened


class SecondFactor(models.Model):
    """A key that the user's phone has too, and recovery codes in its place, of which digests are
    kept. A code counts once: `last_step` is the newest that did. `failures` since the last right
    one make the next try wait."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="second_factor",
    )
    key = SealedField(_("key"), editable=False)
    recovery = models.JSONField(_("recovery codes"), default=list, editable=False)
    last_step = models.BigIntegerField(_("last step"), default=0, editable=False)
    failures = models.PositiveIntegerField(_("failures"), default=0, editable=False)
    failed_at = models.DateTimeField(_("failed at"), null=True, editable=False)
    set_up_at = models.DateTimeField(_("set up at"), editable=False)

    objects = Unopened["SecondFactor"]()

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return str(self.user)
