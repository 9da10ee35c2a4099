"""What rules raised: open alerts, and those that were."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alerts.kinds import Severity
from alerts.models.rules import Rule

SEVERITIES = [
    (Severity.WARNING.value, _("Warning")),
    (Severity.CRITICAL.value, _("Critical")),
]


class Alerts(models.QuerySet["Alert"]):
    def open(self) -> "Alerts":
        return self.filter(cleared_at=None)


class Alert(models.Model):
    """A rule does not hold at `subject` (as `agent:1`) since `since`. It was raised when that had
    lasted long enough. One that comes back soon after it was cleared is the same one.

    `worsened_at` is when it became critical, `eased_at` when it was so no more. `about` is what to
    tell of it, in codes and the words of that time; `name` is the subject's.
    """

    rule = models.ForeignKey(
        Rule, on_delete=models.PROTECT, related_name="alerts", verbose_name=_("rule")
    )
    subject = models.CharField(_("subject"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    about = models.JSONField(default=dict)
    severity = models.CharField(_("severity"), max_length=8, choices=SEVERITIES)
    since = models.DateTimeField(_("since"))
    raised_at = models.DateTimeField(_("raised"))
    worsened_at = models.DateTimeField(_("critical since"), null=True)
    eased_at = models.DateTimeField(_("eased"), null=True)
    cleared_at = models.DateTimeField(_("cleared"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )

    objects = Alerts.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_at", "-pk"]
        permissions = [("acknowledge_alert", "Can acknowledge alerts")]
        indexes = [
            models.Index(fields=["raised_at"], name="alert_by_time"),
            models.Index(fields=["subject", "raised_at"], name="alert_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"],
                name="alert_one_open",
                condition=Q(cleared_at__isnull=True),
            ),
            models.CheckConstraint(
                name="alert_runs_forward",
                condition=Q(cleared_at=None) | Q(cleared_at__gte=F("raised_at")),
            ),
            models.CheckConstraint(
                name="alert_critical_has_worsened",
                condition=Q(severity=Severity.WARNING.value)
                | Q(severity=Severity.CRITICAL.value, worsened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_acknowledged_by_somebody",
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject}"

    @property
    def acknowledged(self) -> bool:
        """Whether somebody knows of it as bad as it is: what worsened has to be told again."""
        at = self.acknowledged_at
        return at is not None and (self.worsened_at is None or at >= self.worsened_at)

    @property
    def lasted(self) -> float | None:
        """How many seconds it was open for; None: it still is."""
        return (self.cleared_at - self.raised_at).total_seconds() if self.cleared_at else None

    @property
    def crossing(self) -> str:
        """Names what has to be told once: that it was raised, and that it became critical."""
        worsened = self.worsened_at.timestamp() if self.worsened_at else 0
        return f"{self.pk}.{worsened:.0f}"


class Onset(models.Model):
    """A rule does not hold at `subject` since `since`, and not for long enough yet. Only of what no
    column says the beginning of."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "subject"], name="onset_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject}"
