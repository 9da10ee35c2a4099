"""The settings of the whole contact centre."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from presence.models.catalogue import Status
from presence.state import LoginPolicy
from presence.words import VOCABULARY

LOGIN_POLICIES = [
    (LoginPolicy.OFFLINE.value, pgettext_lazy("status", "Offline")),
    (LoginPolicy.RESTORE.value, _("The mode they left")),
    (LoginPolicy.AVAILABLE.value, pgettext_lazy("status", "Available")),
]


class Floor(models.Model):
    """One row."""

    id = models.PositiveSmallIntegerField(_("id"), primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=60, default="Rollcall")
    vocabulary = models.CharField(
        _("vocabulary"),
        max_length=20,
        blank=True,
        choices=list(VOCABULARY.items()),
        help_text=_("Whose words this floor uses. Choosing one relabels the built-in statuses."),
    )
    login_policy = models.CharField(
        _("login policy"),
        max_length=10,
        choices=LOGIN_POLICIES,
        default=LoginPolicy.OFFLINE.value,
        help_text=_("The mode that logging in sets."),
    )
    grace_seconds = models.PositiveSmallIntegerField(
        _("grace seconds"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("How long a lost connection may last before it shows."),
    )
    after_connection_lost = models.ForeignKey(
        Status,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("after a lost connection"),
        help_text=_(
            "The mode of one who may be offered calls, once their connection is lost for good. "
            "Empty: they keep their mode."
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("floor settings")
        constraints = [
            models.CheckConstraint(name="floor_is_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="floor_grace_positive", condition=models.Q(grace_seconds__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        target = self.after_connection_lost
        if target and (why := target.cannot_follow_by_itself(available=False)):
            raise ValidationError({"after_connection_lost": why})
