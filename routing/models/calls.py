"""Queues and who serves them, and the record of every call and every agent's part in it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from presence.events import CallKind, LegAction, NoAnswer
from presence.models import Agent
from presence.models.states import choices_of
from presence.state import LegState


class Distribution(models.TextChoices):
    """Who decides which agent gets a queue's next call."""

    TELEPHONY = "telephony", "The telephony decides; Rollcall mirrors it"
    ROLLCALL = "rollcall", "Rollcall decides"


class Queue(models.Model):
    """Where interactions wait."""

    name = models.CharField(max_length=60, unique=True)
    distribution = models.CharField(
        max_length=10, choices=Distribution.choices, default=Distribution.TELEPHONY
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RingGroup(models.Model):
    """Agents of a queue who are rung together, and what ringing, missing and finishing mean."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="ring_groups")
    tier = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    members = models.ManyToManyField(Agent, through="Membership", related_name="ring_groups")
    ring_seconds = models.PositiveSmallIntegerField(
        "ring timeout (seconds)",
        default=20,
        validators=[
            MinValueValidator(1, "A phone that rings 0 seconds is never answered; use 1 or more."),
            MaxValueValidator(600),
        ],
    )
    no_answer = models.CharField(
        "when a call rings out",
        max_length=10,
        choices=[
            (NoAnswer.HOLD.value, "No Answer until the agent chooses"),
            (NoAnswer.HOLD_FOR.value, "No Answer for some seconds"),
            (NoAnswer.BUSY.value, "Busy until the agent chooses"),
        ],
        default=NoAnswer.HOLD.value,
    )
    no_answer_seconds = models.PositiveSmallIntegerField(default=30)
    wrap_up_seconds = models.PositiveSmallIntegerField(
        default=0, null=True, blank=True, help_text="0: no wrap-up. Empty: until the agent is done."
    )
    cool_down_seconds = models.PositiveSmallIntegerField(
        default=0, help_text="Nothing is offered for so long after a call."
    )

    class Meta:
        ordering = ["queue", "tier"]
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "tier"],
                name="ring_group_once_per_tier",
                violation_error_message="This queue already has a ring group at that tier.",
            ),
            models.CheckConstraint(
                name="ring_group_rings", condition=models.Q(ring_seconds__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} (tier {self.tier})"

    def clean(self) -> None:
        if self.no_answer == NoAnswer.HOLD_FOR and not self.no_answer_seconds:
            raise ValidationError({"no_answer_seconds": "Say for how many seconds."})


class Membership(models.Model):
    ring_group = models.ForeignKey(RingGroup, on_delete=models.CASCADE, related_name="memberships")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ring_group", "agent"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.agent} in {self.ring_group}"


class Interaction(models.Model):
    """One contact with one customer, as the telephony system `source` knows it by `external_id`."""

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    channel = models.CharField(max_length=10, default="call")
    kind = models.CharField(max_length=10, choices=choices_of(CallKind))
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, related_name="interactions"
    )
    caller = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    abandoned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="interaction_once"),
            models.CheckConstraint(
                name="interaction_runs_forward",
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.caller or self.external_id}"


class Leg(models.Model):
    """One agent's part in an interaction: the record of what the machine remembers while it lives.

    `outcome` is how it ended for the caller; a leg in wrap-up has an outcome and no `ended_at`.
    """

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="legs")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="legs")
    external_id = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=choices_of(LegState))
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=choices_of(LegAction), blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["interaction"],
                name="leg_live",
                condition=models.Q(ended_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["agent", "external_id"], name="leg_once"),
            models.CheckConstraint(
                name="leg_ended_is_final",
                condition=models.Q(
                    ended_at__isnull=True,
                    state__in=[s.value for s in LegState if s is not LegState.ENDED],
                )
                | models.Q(ended_at__isnull=False, state=LegState.ENDED.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} in {self.interaction_id}: {self.state}"
