"""The telephony systems that Rollcall is connected to, and what is known of each connection."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from presence.models import Agent, Device
from presence.sealing import SealedField, Unopened


class Connector(models.Model):
    """An Asterisk whose queues Rollcall mirrors, and that it tells who is paused and why."""

    name = models.SlugField(
        _("name"),
        max_length=60,
        unique=True,
        help_text=_(
            "Calls and changes that come from it bear this name. It cannot be changed later."
        ),
    )
    host = models.CharField(_("host"), max_length=120, default="127.0.0.1")
    port = models.PositiveIntegerField(
        _("port"), default=5038, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    tls = models.BooleanField(_("TLS"), default=False)
    verify_certificate = models.BooleanField(_("verify certificate"), default=True)
    user = models.CharField(_("manager user"), max_length=60)
    secret = SealedField(_("manager secret"))
    queues = models.TextField(
        _("queues"),
        blank=True,
        help_text=_("The queues to follow, one name a line. Empty: every queue."),
    )
    tells_pauses = models.BooleanField(
        _("tells Asterisk who is paused"),
        default=True,
        help_text=_("Off: Rollcall only watches."),
    )
    manages_members = models.BooleanField(
        _("adds and removes members"),
        default=False,
        help_text=_(
            "Logging in adds the agent to their queues there (paused), logging out removes "
            "them. Dynamic members only."
        ),
    )
    receives_when_lost = models.BooleanField(
        _("agents may receive while the connection is lost"),
        default=True,
        help_text=_("Off: nobody counts as able to receive on this system's phones meanwhile."),
    )
    makes_queues = models.BooleanField(
        _("makes queues that are new"),
        default=True,
        help_text=_("A queue that Asterisk reports and nobody has made here is made."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=1,
        help_text=_("Where two systems report the same phone, the lower number is believed."),
    )
    active = models.BooleanField(_("active"), default=True)

    objects = Unopened["Connector"]()

    class Meta:
        verbose_name = _("connector")
        verbose_name_plural = _("connectors")
        ordering = ["priority", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.name in ("rollcall", "clock", "connections", "routing", "api", "demo"):
            raise ValidationError({"name": _("Rollcall itself goes by that name; choose another.")})
        if self.manages_members and not self.tells_pauses:
            raise ValidationError(
                {"manages_members": _("Members are added paused: let it tell who is paused too.")}
            )

    def follows(self, queue: str) -> bool:
        """Whether the queue of this name is followed."""
        wanted = {line.strip() for line in self.queues.splitlines() if line.strip()}
        return not wanted or queue in wanted


class ConnectorLink(models.Model):
    """How a connector's link is: kept by the process that holds it, which is one at a time.

    `heard_at` is when Asterisk said something last, `rate` how many messages a second it says of
    late; `since` is when it came up, or was up last; `error` stays until it is up. `remarks` are
    what is wrong on Asterisk's side, in words. `snapshot_wanted`: somebody asked for one.
    """

    class State(models.TextChoices):
        DOWN = "down", "Down"
        CONNECTING = "connecting", "Connecting"
        UP = "up", "Up"

    connector = models.OneToOneField(
        Connector, on_delete=models.CASCADE, primary_key=True, related_name="link"
    )
    holder = models.UUIDField(null=True)
    held_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DOWN)
    since = models.DateTimeField()
    error = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=40, blank=True)
    heard_at = models.DateTimeField(null=True)
    snapshot_at = models.DateTimeField(null=True)
    snapshot_wanted = models.BooleanField(default=False)
    rate = models.FloatField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    remarks = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.connector}: {self.state}"


class Unmatched(models.Model):
    """A phone or a queue that a connector reports and nobody here has."""

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        QUEUE = "queue", "Queue"

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="unmatched")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=120)
    label = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        verbose_name_plural = "unmatched"
        constraints = [
            models.UniqueConstraint(fields=["connector", "kind", "name"], name="unmatched_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Claim(models.Model):
    """A phone that is logged in to a queue of a connector's system. Of several connectors that
    claim a phone, the one of the lowest `priority` whose link is up is believed; `ignored` counts
    what the others reported of it."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="claims")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="claims")
    ignored = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connector", "device"], name="claim_once"),
        ]

    def __str__(self) -> str:
        return f"{self.device} at {self.connector}"


class CallCheck(models.Model):
    """A supervisor asked whether an agent is on a call at all. Once Asterisk has told which calls
    there are, those that it does not know have ended: how many is `ended`."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="checks")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="call_checks")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["connector"],
                name="call_check_open",
                condition=models.Q(answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} at {self.connector}"


class PauseRequest(models.Model):
    """What a phone's queues were asked to be: paused, for `reason`, or not. It is confirmed only by
    Asterisk's own event; `error` is why it refused."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="requests")
    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="pause_request")
    paused = models.BooleanField()
    reason = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=1)
    confirmed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.device}: {'paused' if self.paused else 'not paused'}"
