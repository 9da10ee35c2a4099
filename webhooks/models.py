"""Who is told by webhook, and what became of each event that they are told."""

import base64
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from presence.models import OutboxEvent
from presence.sealing import SealedField, Unopened
from webhooks import reach

ROTATION = timedelta(days=1)
"""How long messages are signed with the old secret too, so that a receiver can change over."""


def new_secret() -> str:
    """A signing secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def check_url(url: str) -> None:
    """Raises `ValidationError` where nothing can be posted to `url`."""
    try:
        parts = urlsplit(str(httpx.URL(url)))
        known, host = parts.scheme in ("http", "https"), parts.hostname
        parts.port  # noqa: B018 - raises where it is none
    except (httpx.InvalidURL, ValueError):
        raise ValidationError(
            _("This is no address. Give one such as https://host/path.")
        ) from None
    if not known:
        raise ValidationError(_("Give an address that begins with https:// or http://."))
    if not host:
        raise ValidationError(_("Name the host after ://, as in https://host/path."))
    if parts.username or parts.password:
        raise ValidationError(_("Leave name and password out: messages are signed instead."))
    if reach.is_inside(host):
        raise ValidationError(
            _(
                "This address is inside the network. Whoever runs the server can allow it by "
                "WEBHOOK_NETWORKS."
            )
        )


class Signed(models.Model):
    """An address that signed messages are posted to."""

    url = models.CharField(_("URL"), max_length=500, validators=[check_url])
    active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("While it is not, what waits is kept and nothing new is noted."),
    )
    secret = SealedField(_("secret"), default=new_secret, editable=False)
    old_secret = SealedField(_("old secret"), blank=True, editable=False)
    old_secret_until = models.DateTimeField(_("old secret until"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        abstract = True

    def secrets(self, now: datetime) -> list[str]:
        """What messages are signed with now, the newest first."""
        old = self.old_secret_until and now < self.old_secret_until
        return [self.secret, self.old_secret] if old else [self.secret]

    def rotate(self, now: datetime) -> None:
        """Sign with a new secret from `now` on, and with the old one too for a day."""
        self.old_secret, self.old_secret_until = self.secret, now + ROTATION
        self.secret = new_secret()
        self.save(update_fields=["secret", "old_secret", "old_secret_until"])


class Endpoint(Signed):
    """Where events are posted to."""

    name = models.CharField(
        _("name"), max_length=60, unique=True, help_text=_("As you will know it by.")
    )
    types = models.JSONField(_("events"), default=list, blank=True)

    objects = Unopened["Endpoint"]()

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: str) -> bool:
        """Whether it is told events of this type. Without a choice it is told all."""
        return not self.types or kind in self.types


class DeliveryState(models.TextChoices):
    """A failed one was given up: it is stuck until somebody has it retried."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class Delivery(models.Model):
    """One event for one endpoint.

    Of those that wait for one endpoint about one subject, one has the turn: it is `due_at` a
    moment, the others are not due until it was delivered or given up. Who sends it holds it until
    `held_until`; if they die, it is free again then. `position` and `subject` are the event's, so
    that the next in turn is found in one index.
    """

    endpoint = models.ForeignKey(
        Endpoint, verbose_name=_("endpoint"), on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.ForeignKey(
        OutboxEvent, verbose_name=_("event"), on_delete=models.CASCADE, related_name="deliveries"
    )
    position = models.PositiveBigIntegerField(_("position"))
    subject = models.CharField(_("subject"), max_length=40)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"), null=True)
    held_until = models.DateTimeField(_("held until"), null=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-position", "endpoint"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "position"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["endpoint", "subject"],
                condition=Q(due_at__isnull=False),
                name="delivery_one_turn_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING)
                | Q(due_at__isnull=True, held_until__isnull=True),
                name="delivery_due_while_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "subject", "position"],
                name="delivery_in_turn",
                condition=Q(state=DeliveryState.WAITING),
            ),
            models.Index(
                fields=["endpoint", "due_at"],
                name="delivery_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["endpoint", "position"],
                name="delivery_failed",
                condition=Q(state=DeliveryState.FAILED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"
