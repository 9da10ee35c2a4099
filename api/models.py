"""Who may use the API, and what it has taken and answered already."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from routing.models import Limit
from routing.sight import EVERYTHING, Sight


class ApiKey(models.Model):
    """A program's right to use the API. The key itself is shown once; its digest is kept."""

    name = models.CharField(
        _("name"), max_length=60, help_text=_("Whose key it is, as you will know it by.")
    )
    source = models.SlugField(
        _("source"),
        max_length=60,
        default="api",
        help_text=_(
            "The telephony system that it speaks for. Keys of one system share this name, "
            "and with it the calls that it told of."
        ),
    )
    read = models.BooleanField(
        _("may read"), default=True, help_text=_("Agents, queues and calls.")
    )
    telephony = models.BooleanField(
        _("may tell of calls"),
        default=False,
        help_text=_("Make calls, send their events, reserve."),
    )
    supervise = models.BooleanField(
        _("may set modes"), default=False, help_text=_("Set and cancel agents' modes, end wrap-up.")
    )
    limit = models.ForeignKey(
        Limit,
        verbose_name=_("limit"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The agents, queues and calls that there are for it. Empty: all."),
    )
    expires_at = models.DateTimeField(
        _("expires at"),
        null=True,
        blank=True,
        help_text=_("From then on it opens nothing. Empty: never."),
    )
    prefix = models.CharField(_("prefix"), max_length=20, editable=False)
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def clean(self) -> None:
        if self.source in ("rollcall", "clock", "connections", "routing", "demo"):
            raise ValidationError(
                {"source": _("Rollcall itself goes by that name; choose another.")}
            )

    @property
    def sight(self) -> Sight:
        return self.limit.sight if self.limit else EVERYTHING

    @property
    def scopes(self) -> frozenset[str]:
        """What the key may do: of `read`, `telephony` and `supervise`."""
        held = {"read": self.read, "telephony": self.telephony, "supervise": self.supervise}
        return frozenset(scope for scope, granted in held.items() if granted)


class KeptAnswer(models.Model):
    """What a write with an idempotency key did and was answered, so that the same once more is
    answered alike and done once.

    `fingerprint` is the digest of what was asked. The row is written with the effect: `subject` is
    the primary key of what it was about (None: it was refused). The answer follows once that is
    committed; until then `status` is None.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="answers")
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    subject = models.BigIntegerField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="answer_once")
        ]

    def __str__(self) -> str:
        return self.idempotency_key


class TakenEvent(models.Model):
    """An event of an interaction that `source` has told of by name: it counts once."""

    source = models.CharField(max_length=60)
    event_id = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="event_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"
