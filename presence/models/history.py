"""What was, insert-only: intervals of what showed, and the transitions that made them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.insert_only import InsertOnly
from presence.models.agents import Agent
from presence.models.catalogue import Reason, Status
from presence.models.states import CAUSES


class Interval(InsertOnly):
    """A closed span in which one status and reason showed. The open one is the state row.

    `version` is the state's when the interval began: it orders intervals that share an instant.
    """

    agent = models.ForeignKey(
        Agent, verbose_name=_("agent"), on_delete=models.PROTECT, related_name="intervals"
    )
    version = models.PositiveBigIntegerField(_("version"))
    status = models.ForeignKey(
        Status, verbose_name=_("status"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.ForeignKey(
        Reason, verbose_name=_("reason"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    cause = models.CharField(_("cause"), max_length=20, choices=CAUSES)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("interval")
        verbose_name_plural = _("intervals")
        ordering = ["agent", "version"]
        indexes = [
            models.Index(fields=["agent", "started_at"], name="interval_by_time"),
            models.Index(fields=["ended_at"], name="interval_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agent", "version"], name="interval_once"),
            models.CheckConstraint(
                name="interval_runs_forward",
                condition=models.Q(ended_at__gte=models.F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.status_id} {self.started_at:%H:%M:%S}"


class PendingEnd(models.TextChoices):
    """What became of a pending mode."""

    APPLIED = "applied", _("Applied")
    CANCELLED = "cancelled", _("Cancelled")
    REPLACED = "replaced", _("Replaced by another")


class PendingMode(InsertOnly):
    """A mode that waited for an engagement to end, and waits no more. The one that still waits is
    in the state row.

    `version` is the state's when the wait ended; `cause` and `actor` tell who had asked for it.
    """

    agent = models.ForeignKey(
        Agent, verbose_name=_("agent"), on_delete=models.PROTECT, related_name="pending_modes"
    )
    version = models.PositiveBigIntegerField(_("version"))
    status = models.ForeignKey(
        Status, verbose_name=_("status"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.ForeignKey(
        Reason, verbose_name=_("reason"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    cause = models.CharField(_("cause"), max_length=20, choices=CAUSES)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    end = models.CharField(_("end"), max_length=10, choices=PendingEnd.choices)

    class Meta:
        verbose_name = _("pending mode")
        verbose_name_plural = _("pending modes")
        ordering = ["agent", "version"]
        indexes = [models.Index(fields=["agent", "ended_at"], name="pending_mode_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["agent", "version"], name="pending_mode_once"),
            models.CheckConstraint(
                name="pending_mode_runs_forward",
                condition=models.Q(ended_at__gte=models.F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.status_id} {self.end}"


class Transition(InsertOnly):
    """One event applied to one agent's state: what, when, by whom, and what it was about."""

    agent = models.ForeignKey(
        Agent, verbose_name=_("agent"), on_delete=models.PROTECT, related_name="transitions"
    )
    version = models.PositiveBigIntegerField(_("version"))
    at = models.DateTimeField(_("at"))
    event = models.CharField(_("event"), max_length=30)
    details = models.JSONField(_("details"), default=dict)
    source = models.CharField(_("source"), max_length=60)
    event_id = models.CharField(_("event id"), max_length=200, null=True)  # noqa: DJ001 - NULLs do not collide
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["agent", "version"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "version"], name="transition_once"),
            models.UniqueConstraint(fields=["source", "event_id", "agent"], name="event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.version}: {self.event}"
