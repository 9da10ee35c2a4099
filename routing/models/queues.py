"""Queues, who serves them, and where callers go who cannot be served."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce

from presence.events import CallKind, NoAnswer
from presence.models import Agent, Status
from presence.models.states import choices_of
from routing.strategies import Strategy
from routing.waits import Level

RING = [
    MinValueValidator(1, "A phone that rings 0 seconds is never answered; use 1 or more."),
    MaxValueValidator(600),
]


class Distribution(models.TextChoices):
    """Who decides which agent gets a queue's next call."""

    TELEPHONY = "telephony", "The telephony decides; Rollcall mirrors it"
    ROLLCALL = "rollcall", "Rollcall decides"


class Destination(models.Model):
    """Where a caller goes who overflows: another queue, a number, a voicemail box, or nowhere."""

    class Kind(models.TextChoices):
        QUEUE = "queue", "Queue"
        NUMBER = "number", "Number"
        VOICEMAIL = "voicemail", "Voicemail"
        HANG_UP = "hang_up", "Hang up"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    queue = models.ForeignKey(
        "Queue", on_delete=models.PROTECT, null=True, blank=True, related_name="overflows_here"
    )
    address = models.CharField(
        max_length=80, blank=True, help_text="The number, or the voicemail box."
    )

    class Meta:
        ordering = ["kind", "queue__name", "address"]
        constraints = [
            models.CheckConstraint(
                name="destination_whole",
                condition=models.Q(kind="queue", queue__isnull=False, address="")
                | (models.Q(kind__in=["number", "voicemail"], queue=None) & ~models.Q(address=""))
                | models.Q(kind="hang_up", queue=None, address=""),
                violation_error_message=(
                    "Choose a queue for Queue, give an address for Number and Voicemail, and "
                    "neither for Hang up."
                ),
            ),
            models.UniqueConstraint(
                "kind",
                Coalesce("queue", 0),
                "address",
                name="destination_once",
                violation_error_message="There is such a destination already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.queue or self.address}".strip()


def _overflow(label: str) -> "models.ForeignKey[Destination | None, Destination | None]":
    return models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        help_text="Empty: hang up.",
    )


def _wait(label: str, help_text: str) -> "models.PositiveIntegerField[int | None, int | None]":
    return models.PositiveIntegerField(
        label,
        null=True,
        blank=True,
        help_text=f"{help_text} In seconds; 0: overflow at once. Empty: no limit.",
    )


class Queue(models.Model):
    """Where interactions wait. A campaign is a queue whose calls need the webphone itself."""

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(
        max_length=10,
        choices=[(CallKind.QUEUE.value, "Inbound"), (CallKind.CAMPAIGN.value, "Campaign")],
        default=CallKind.QUEUE.value,
    )
    distribution = models.CharField(
        max_length=10, choices=Distribution.choices, default=Distribution.TELEPHONY
    )
    service_level_seconds = models.PositiveSmallIntegerField(
        default=20, help_text="A call answered within so many seconds is within service level."
    )
    service_level_percent = models.PositiveSmallIntegerField(
        "service level target (percent)",
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    wait_when_withdrawn = _wait(
        "wait when everybody is withdrawn", "How long to hold while nobody on shift is ready."
    )
    withdrawn_overflow = _overflow("then overflow to")
    wait_when_absent = _wait(
        "wait when everybody is absent", "How long to hold while nobody is on shift."
    )
    absent_overflow = _overflow("then overflow to")
    max_wait = _wait("longest wait", "How long to hold whoever is there.")
    max_wait_overflow = _overflow("then overflow to")
    music = models.CharField(
        max_length=80, blank=True, help_text="Passed to the telephony as it is."
    )
    announcement = models.CharField(
        max_length=80, blank=True, help_text="Passed to the telephony as it is."
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="queue_service_level_percent",
                condition=models.Q(service_level_percent__range=(1, 100)),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RingGroup(models.Model):
    """A tier of a queue: agents rung by one strategy, and what ringing, missing and finishing
    mean."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="ring_groups")
    tier = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    next_tier_after = models.PositiveIntegerField(
        "the next tier joins after (seconds)",
        default=40,
        help_text="Counted from when this tier joined. 0: they begin together.",
    )
    strategy = models.CharField(
        max_length=12,
        choices=[
            (Strategy.LONGEST_IDLE.value, "Longest idle"),
            (Strategy.ROUND_ROBIN.value, "Round robin"),
            (Strategy.PRIORITY.value, "Priority, then longest idle"),
            (Strategy.FEWEST_CALLS.value, "Fewest calls today"),
            (Strategy.RING_ALL.value, "Ring all"),
        ],
        default=Strategy.LONGEST_IDLE.value,
    )
    members = models.ManyToManyField(Agent, through="Membership", related_name="ring_groups")
    ring_seconds = models.PositiveSmallIntegerField(
        "ring timeout (seconds)", default=20, validators=RING
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
    max_misses = models.PositiveSmallIntegerField(
        "misses in a row",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="After so many the agent is moved to the mode below. Empty: never.",
    )
    misses_then = models.ForeignKey(
        Status,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="then set the mode",
        limit_choices_to={"system": False, "accepts_inbound": False, "active": True},
    )
    wrap_up_seconds = models.PositiveSmallIntegerField(
        default=0, null=True, blank=True, help_text="0: no wrap-up. Empty: until the agent is done."
    )
    wrap_up_campaign_only = models.BooleanField("wrap-up after campaign calls only", default=False)
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
            models.CheckConstraint(
                name="ring_group_misses_whole",
                condition=models.Q(max_misses=None, misses_then=None)
                | models.Q(max_misses__gte=1, misses_then__isnull=False),
                violation_error_message="Say after how many misses, and which mode follows.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} (tier {self.tier})"

    def clean(self) -> None:
        if self.no_answer == NoAnswer.HOLD_FOR and not self.no_answer_seconds:
            raise ValidationError({"no_answer_seconds": "Say for how many seconds."})


class Membership(models.Model):
    """An agent in a ring group. One who opted out of a queue stays a member, and is offered none of
    its calls."""

    ring_group = models.ForeignKey(RingGroup, on_delete=models.CASCADE, related_name="memberships")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="memberships")
    priority = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1)], help_text="1 is rung first."
    )
    opted_out = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ring_group", "agent"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.agent} in {self.ring_group}"


class DirectNumber(models.Model):
    """A number of an agent's own. Its calls are offered to them whatever their mode."""

    number = models.CharField(max_length=80, unique=True)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="direct_numbers")
    ring_seconds = models.PositiveSmallIntegerField(
        "ring timeout (seconds)", default=20, validators=RING
    )
    overflow = _overflow("when not answered")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="direct_number_rings", condition=models.Q(ring_seconds__gte=1)
            )
        ]

    def __str__(self) -> str:
        return self.number


class Turn(models.Model):
    """When a ring group last rang an agent: what round robin goes by."""

    ring_group = models.ForeignKey(RingGroup, on_delete=models.CASCADE, related_name="turns")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ring_group", "agent"], name="turn_once")]

    def __str__(self) -> str:
        return f"{self.ring_group_id} rang {self.agent_id}"


class Staffing(models.Model):
    """Who is there for a queue in which somebody waits, and since when: what decides which of its
    waits runs. Kept by `routing.distribution` alone."""

    queue = models.OneToOneField(
        Queue, on_delete=models.CASCADE, primary_key=True, related_name="staffing"
    )
    level = models.CharField(max_length=10, choices=choices_of(Level))
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue_id}: {self.level}"
