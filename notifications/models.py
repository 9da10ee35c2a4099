"""What agents are told, what they want to be told, and what is on its way to them."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import GATEWAYS, SENT, Channel, Kind
from presence.models import Agent
from presence.sealing import Unopened
from webhooks.models import DeliveryState, Signed

KINDS = [
    (Kind.MISSED_CALL.value, _("Missed call")),
    (Kind.SUPERVISOR.value, _("Done by a supervisor")),
    (Kind.PENDING_APPLIED.value, _("Pending mode applies")),
    (Kind.OVER_LONG.value, _("Over-long status")),
    (Kind.IDLE.value, _("Idle time-out is near")),
]
CHANNELS = [
    (Channel.IN_APP.value, _("In Rollcall")),
    (Channel.DESKTOP.value, _("Desktop")),
    (Channel.EMAIL.value, _("E-mail")),
    (Channel.MOBILE.value, _("Mobile")),
    (Channel.TEXT.value, _("Text message")),
]


E164 = RegexValidator(
    r"^\+[1-9]\d{6,14}\Z", _("Give the number with its country, as in +34612345678.")
)


def _only(channels: frozenset[Channel]) -> list[tuple[str, object]]:
    return [(value, label) for value, label in CHANNELS if value in channels]


class Inbox(models.Model):
    """What an agent wants to be told, and where. `version` grows with every change of what their
    pages show of it; an agent without a row has chosen nothing and was told nothing."""

    agent = models.OneToOneField(
        Agent,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("agent"),
    )
    version = models.PositiveBigIntegerField(_("version"), default=0)
    off = models.BooleanField(_("turn notifications off"), default=False)
    chosen = models.JSONField(_("chosen"), default=dict, blank=True)
    number = models.CharField(
        _("mobile number"),
        max_length=16,
        blank=True,
        validators=[E164],
    )

    class Meta:
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")

    def __str__(self) -> str:
        return f"Inbox of {self.agent}"


class Notice(models.Model):
    """One thing that an agent is told. `key` says which of its kind it is, so that it is told once;
    `data` is what its words are made of. Where it is neither `in_app` nor `desktop` it was only
    sent, or the agent wanted none of it."""

    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, related_name="notices", verbose_name=_("agent")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=KINDS)
    key = models.CharField(_("key"), max_length=60)
    at = models.DateTimeField(_("at"))
    data = models.JSONField(_("data"), default=dict)
    in_app = models.BooleanField(_("in Rollcall"), default=True)
    desktop = models.BooleanField(_("desktop"), default=False)
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "kind", "key"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["agent", "-id"], name="notice_latest"),
            models.Index(
                fields=["agent"],
                name="notice_unread",
                condition=Q(in_app=True, read_at__isnull=True),
            ),
            models.Index(fields=["at"], name="notice_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.agent}"


class Cursor(models.Model):
    """The one row that says how far in the stream of events notices are made. Who makes some holds
    its lock."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    position = models.PositiveBigIntegerField(_("position"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="notice_cursor_is_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return str(self.position)


class Gateway(Signed):
    """Where notices for mobile apps or text messages are posted to, for others to pass on."""

    channel = models.CharField(
        _("channel"),
        max_length=10,
        unique=True,
        choices=_only(GATEWAYS),
        error_messages={"unique": _("There is a gateway for this channel; change that one.")},
    )

    objects = Unopened["Gateway"]()

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        ordering = ["channel"]

    def __str__(self) -> str:
        return str(self.get_channel_display())


class Sending(models.Model):
    """A notice on its way by mail or through a gateway. Who sends it holds it until `held_until`;
    if they die, it is free again then. A failed one was given up."""

    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, related_name="sendings", verbose_name=_("notice")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=_only(SENT))
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    made_at = models.DateTimeField(_("made at"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"), null=True)
    held_until = models.DateTimeField(_("held until"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="sending_once"),
            models.CheckConstraint(
                name="sending_due_while_waiting",
                condition=Q(state=DeliveryState.WAITING, due_at__isnull=False)
                | ~Q(state=DeliveryState.WAITING) & Q(due_at__isnull=True, held_until__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                name="sending_due",
                condition=Q(due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} ({self.get_channel_display()})"
