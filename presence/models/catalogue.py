"""What agents can be, and why: statuses, their reasons, and the floor's own settings."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower

from presence.catalogue import VOCABULARIES
from presence.state import LoginPolicy


class Workforce(models.TextChoices):
    """What queues count an agent as."""

    READY = "ready", "Ready"
    WITHDRAWN = "withdrawn", "Withdrawn (out for now, still on shift)"
    ABSENT = "absent", "Absent (not on shift)"
    ENGAGED = "engaged", "Engaged"


class Colour(models.TextChoices):
    GREEN = "green", "Green"
    RED = "red", "Red"
    YELLOW = "yellow", "Yellow"
    ORANGE = "orange", "Orange"
    VIOLET = "violet", "Violet"
    BLUE = "blue", "Blue"
    LIGHT_BLUE = "light-blue", "Light blue"
    GREY = "grey", "Grey"


class Icon(models.TextChoices):
    """Signs beside the colour, which is never the only one; symbols of static/icons.svg."""

    CHECK = "check", "Check mark"
    MINUS = "minus", "Minus"
    CUP = "cup", "Cup"
    MOON = "moon", "Moon"
    FOLDER = "folder", "Folder"
    PHONE = "phone", "Phone"
    PHONE_OUT = "phone-out", "Phone, outgoing"
    BELL = "bell", "Bell"
    PEN = "pen", "Pen"
    MISSED = "missed", "Missed call"
    POWER = "power", "Power"
    PEOPLE = "people", "People"
    BOOK = "book", "Book"
    STAR = "star", "Star"


class ReasonPolicy(models.TextChoices):
    NONE = "none", "No reason is asked"
    OPTIONAL = "optional", "A reason may be given"
    REQUIRED = "required", "A reason must be given"


class Status(models.Model):
    """One row of the status catalogue (SPEC section 2)."""

    code = models.CharField(
        primary_key=True,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_]*\Z", "Use small letters, digits and underscores, a letter first."
            )
        ],
        help_text="What programs call it. It cannot be changed later.",
    )
    label = models.CharField(max_length=60)
    colour = models.CharField(max_length=12, choices=Colour.choices, default=Colour.VIOLET)
    icon = models.CharField(max_length=12, choices=Icon.choices, default=Icon.MINUS)
    workforce = models.CharField(
        max_length=12, choices=Workforce.choices, default=Workforce.WITHDRAWN
    )
    accepts_inbound = models.BooleanField("may be offered calls", default=False)
    allows_outbound = models.BooleanField("may place calls", default=True)
    selectable = models.BooleanField("agents may choose it", default=True)
    system = models.BooleanField(default=False, editable=False)
    built_in = models.BooleanField(default=False, editable=False)
    active = models.BooleanField(default=True)
    reason_policy = models.CharField(
        max_length=8, choices=ReasonPolicy.choices, default=ReasonPolicy.NONE
    )
    max_seconds = models.PositiveIntegerField(
        "maximum duration (seconds)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Over it the board warns. Empty: no limit.",
    )
    critical_seconds = models.PositiveIntegerField(
        "critical after (seconds)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Over it the warning turns critical. Empty: it stays a warning.",
    )
    after_maximum = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The mode that follows on its own at the maximum duration. Empty: only warn.",
    )
    teams = models.ManyToManyField(
        "presence.Team", blank=True, help_text="Who may choose it. None chosen: everybody."
    )
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "code"]
        verbose_name_plural = "statuses"
        constraints = [
            models.CheckConstraint(
                name="status_system_not_selectable",
                condition=models.Q(system=False) | models.Q(selectable=False),
            ),
            models.CheckConstraint(
                name="status_built_in_active",
                condition=models.Q(built_in=False) | models.Q(active=True),
            ),
            models.CheckConstraint(
                name="status_maximum_positive",
                condition=models.Q(max_seconds__isnull=True) | models.Q(max_seconds__gt=0),
            ),
            models.CheckConstraint(
                name="status_critical_after_maximum",
                condition=models.Q(critical_seconds__isnull=True)
                | models.Q(critical_seconds__gt=models.F("max_seconds")),
                violation_error_message="Critical comes after the maximum duration; set both.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.system:
            self.selectable = False
        super().save(*args, **kwargs)

    def clean(self) -> None:
        problems: dict[str, str] = {}
        same_label = Status.objects.filter(label__iexact=self.label, active=True)
        if self.active and same_label.exclude(pk=self.pk).exists():
            problems["label"] = "Another status has this label; people could not tell them apart."
        if self.accepts_inbound != (self.workforce == Workforce.READY):
            problems["workforce"] = "Ready means: may be offered calls. Set both or neither."
        if self.after_maximum_id:
            problems |= self._check_after_maximum()
        if not self.system and self.workforce == Workforce.ENGAGED:
            problems["workforce"] = "Only calls make an agent engaged; choose another."
        if not self.active and Status.objects.filter(after_maximum=self.pk).exists():
            problems["active"] = "Another status leads to this one at its maximum duration."
        if self.built_in and not self.active:
            problems["active"] = "Built-in statuses stay; make it not selectable instead."
        if problems:
            raise ValidationError(problems)

    def _check_after_maximum(self) -> dict[str, str]:
        target = self.after_maximum
        if target is None:
            return {}
        if not self.max_seconds:
            return {"max_seconds": "Say after how many seconds the next mode follows."}
        if target.pk == self.pk:
            return {"after_maximum": "A status cannot follow itself."}
        if target.system:
            return {"after_maximum": f"{target} is set by the system and cannot be a mode."}
        if not target.active:
            return {"after_maximum": f"{target} is deactivated; choose another."}
        if target.accepts_inbound and not self.accepts_inbound:
            return {"after_maximum": "Nobody becomes available on their own; choose another."}
        return {}


class ChosenBy(models.TextChoices):
    """Who may give a reason."""

    EVERYBODY = "everybody", "Agents and supervisors"
    AGENTS = "agents", "Agents only"
    SUPERVISORS = "supervisors", "Supervisors only"


class Reason(models.Model):
    """Why, within a mode. A reason in use is deactivated, never removed."""

    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="reasons")
    label = models.CharField(max_length=60)
    chosen_by = models.CharField(
        "who may give it", max_length=12, choices=ChosenBy.choices, default=ChosenBy.EVERYBODY
    )
    active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["status__order", "order", "label"]
        constraints = [
            models.UniqueConstraint(
                "status",
                Lower("label"),
                name="reason_once_per_status",
                violation_error_message="This status already has a reason of that name.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} - {self.label}"

    def clean(self) -> None:
        if self.status_id and self.status.reason_policy == ReasonPolicy.NONE:
            raise ValidationError(
                {"status": f"{self.status} asks for no reason; change that in the status first."}
            )


LOGIN_POLICIES = [
    (LoginPolicy.OFFLINE.value, "Offline"),
    (LoginPolicy.RESTORE.value, "The mode they left"),
    (LoginPolicy.AVAILABLE.value, "Available"),
]


class Floor(models.Model):
    """The settings of the whole contact centre: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=60, default="Rollcall")
    vocabulary = models.CharField(
        max_length=20,
        blank=True,
        choices=[(name, vocabulary.title) for name, vocabulary in VOCABULARIES.items()],
        help_text="Whose words this floor uses. Choosing one relabels the built-in statuses.",
    )
    login_policy = models.CharField(
        max_length=10,
        choices=LOGIN_POLICIES,
        default=LoginPolicy.OFFLINE.value,
        help_text="The mode that logging in sets.",
    )
    grace_seconds = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text="How long a lost connection may last before it shows.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "floor settings"
        constraints = [
            models.CheckConstraint(name="floor_is_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="floor_grace_positive", condition=models.Q(grace_seconds__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name
