"""One row per agent that holds their whole state, and what is derived from it."""

from enum import StrEnum

from django.conf import settings
from django.db import models

from presence.derive import Refusal
from presence.events import Cause, PhoneReach
from presence.models.agents import Agent
from presence.models.catalogue import Reason, Status
from presence.state import LegState, Webphone


def choices_of(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """An enum's values with what people read for them, as a field's choices."""
    return [(item.value, item.value.replace("_", " ").capitalize()) for item in enum]


CAUSES = choices_of(Cause)


class AgentState(models.Model):
    """Written by `presence.actions.apply` alone. The columns below `shown_status` are derived."""

    agent = models.OneToOneField(
        Agent, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    version = models.PositiveBigIntegerField(default=1)
    at = models.DateTimeField()

    mode = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+")
    mode_reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, related_name="+")
    mode_note = models.CharField(max_length=200, blank=True)
    mode_since = models.DateTimeField()
    mode_cause = models.CharField(max_length=20, choices=CAUSES)
    mode_actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    logged_in = models.BooleanField(default=False)
    left_mode = models.ForeignKey(Status, on_delete=models.PROTECT, null=True, related_name="+")
    left_reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, related_name="+")
    left_note = models.CharField(max_length=200, blank=True)

    pending = models.ForeignKey(Status, on_delete=models.PROTECT, null=True, related_name="+")
    pending_reason = models.ForeignKey(
        Reason, on_delete=models.PROTECT, null=True, related_name="+"
    )
    pending_note = models.CharField(max_length=200, blank=True)
    pending_since = models.DateTimeField(null=True)
    pending_cause = models.CharField(max_length=20, choices=CAUSES, blank=True)
    pending_actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    legs = models.JSONField(default=list)
    ended_legs = models.JSONField(default=list)
    no_answer_since = models.DateTimeField(null=True)
    no_answer_until = models.DateTimeField(null=True)
    misses = models.PositiveSmallIntegerField(default=0)
    cool_down_until = models.DateTimeField(null=True)

    webphone = models.CharField(max_length=10, choices=choices_of(Webphone))
    grace_until = models.DateTimeField(null=True)
    microphone_refused = models.BooleanField(default=False)
    devices = models.JSONField(default=list)
    telephony_logged_in = models.BooleanField(default=False)
    phone = models.CharField(max_length=12, choices=choices_of(PhoneReach))
    phone_heard = models.DateTimeField(null=True)

    deadline_at = models.DateTimeField(null=True)
    shown_status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+")
    shown_reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, related_name="+")
    shown_note = models.CharField(max_length=200, blank=True)
    shown_since = models.DateTimeField()
    shown_version = models.PositiveBigIntegerField(default=1)
    shown_cause = models.CharField(max_length=20, choices=CAUSES)
    shown_actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    activity = models.CharField(max_length=16, choices=choices_of(LegState), blank=True)
    activity_since = models.DateTimeField(null=True)
    may_receive = models.BooleanField(default=False)
    why_not = models.CharField(max_length=120, blank=True)
    ready_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["deadline_at"],
                name="state_due",
                condition=models.Q(deadline_at__isnull=False),
            ),
            models.Index(
                fields=["ready_since"],
                name="state_ready",
                condition=models.Q(may_receive=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="state_pending_whole",
                condition=models.Q(pending__isnull=True, pending_since__isnull=True)
                | models.Q(pending__isnull=False, pending_since__isnull=False),
            ),
            models.CheckConstraint(
                name="state_pending_needs_a_leg",
                condition=models.Q(pending__isnull=True) | ~models.Q(legs=[]),
            ),
            models.CheckConstraint(
                name="state_pending_stops_offers",
                condition=models.Q(pending__isnull=True) | models.Q(may_receive=False),
            ),
            models.CheckConstraint(
                name="state_engaged_gets_no_offer",
                condition=models.Q(legs=[]) | models.Q(may_receive=False),
            ),
            models.CheckConstraint(
                name="state_ready_has_since",
                condition=models.Q(may_receive=True, ready_since__isnull=False, why_not="")
                | (models.Q(may_receive=False, ready_since__isnull=True) & ~models.Q(why_not="")),
            ),
            models.CheckConstraint(
                name="state_since_not_ahead",
                condition=models.Q(shown_since__lte=models.F("at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.shown_status_id}"

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every cause that keeps a queue's call from being offered."""
        return tuple(Refusal(cause) for cause in self.why_not.split())
