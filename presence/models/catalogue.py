"""What agents can be, and why: statuses and their reasons."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from presence.models.looks import Colour, Icon
from presence.words import label_of

SHORTEST_IDLE = 120
"""Seconds. A page tells of a sign once a minute, and warns a minute before the end."""


class Workforce(models.TextChoices):
    """What queues count an agent as."""

    READY = "ready", _("Ready")
    WITHDRAWN = "withdrawn", _("Withdrawn (out for now, still on shift)")
    ABSENT = "absent", _("Absent (not on shift)")
    ENGAGED = "engaged", _("Engaged")


class ReasonPolicy(models.TextChoices):
    NONE = "none", _("No reason is asked")
    OPTIONAL = "optional", _("A reason may be given")
    REQUIRED = "required", _("A reason must be given")


class Status(models.Model):
    """One row of the status catalogue (SPEC section 2)."""

    code = models.CharField(
        _("code"),
        primary_key=True,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_]*\Z",
                _("Use small letters, digits and underscores, a letter first."),
            )
        ],
        help_text=_("What programs call it. It cannot be changed later."),
    )
    label = models.CharField(_("label"), max_length=60)
    colour = models.CharField(
        _("colour"), max_length=12, choices=Colour.choices, default=Colour.VIOLET
    )
    icon = models.CharField(_("icon"), max_length=12, choices=Icon.choices, default=Icon.MINUS)
    workforce = models.CharField(
        _("workforce"), max_length=12, choices=Workforce.choices, default=Workforce.WITHDRAWN
    )
    accepts_inbound = models.BooleanField(_("may be offered calls"), default=False)
    allows_outbound = models.BooleanField(_("may place calls"), default=True)
    selectable = models.BooleanField(_("agents may choose it"), default=True)
    system = models.BooleanField(_("system"), default=False, editable=False)
    built_in = models.BooleanField(_("built in"), default=False, editable=False)
    active = models.BooleanField(_("active"), default=True)
    reason_policy = models.CharField(
        _("reason policy"), max_length=8, choices=ReasonPolicy.choices, default=ReasonPolicy.NONE
    )
    max_seconds = models.PositiveIntegerField(
        _("maximum duration (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Over it the board warns. Empty: no limit."),
    )
    critical_seconds = models.PositiveIntegerField(
        _("critical after (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Over it the warning turns critical. Empty: it stays a warning."),
    )
    after_maximum = models.ForeignKey(
        "self",
        verbose_name=_("after maximum"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The mode that follows on its own at the maximum duration. Empty: only warn."),
    )
    idle_seconds = models.PositiveIntegerField(
        _("idle after (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST_IDLE)],
        help_text=_(
            "So long without a key, a pointer or a call at any of their Rollcall pages, and the "
            "next mode follows. Empty: no limit."
        ),
    )
    after_idle = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("after idle"),
        help_text=_("The mode that follows on its own when the agent is idle for so long."),
    )
    teams = models.ManyToManyField(
        "presence.Team",
        verbose_name=_("teams"),
        blank=True,
        help_text=_("Who may choose it. None chosen: everybody."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        ordering = ["order", "code"]
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
                violation_error_message=_("Critical comes after the maximum duration; set both."),
            ),
            models.CheckConstraint(
                name="status_idle_whole",
                condition=models.Q(idle_seconds__isnull=True, after_idle__isnull=True)
                | models.Q(idle_seconds__gte=SHORTEST_IDLE, after_idle__isnull=False),
                violation_error_message=_(
                    "Give both how long an agent may be idle, and the mode that follows."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(label_of(self.label, built_in=self.built_in))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.system:
            self.selectable = False
        super().save(*args, **kwargs)

    def clean(self) -> None:
        problems: dict[str, str] = {}
        same_label = Status.objects.filter(label__iexact=self.label, active=True)
        if self.active and same_label.exclude(pk=self.pk).exists():
            problems["label"] = gettext(
                "Another status has this label; people could not tell them apart."
            )
        if self.accepts_inbound != (self.workforce == Workforce.READY):
            problems["workforce"] = gettext(
                "Ready means: may be offered calls. Set both or neither."
            )
        if self.after_maximum and not self.max_seconds:
            problems["max_seconds"] = gettext("Say after how many seconds the next mode follows.")
        elif why := self._cannot_follow(self.after_maximum):
            problems["after_maximum"] = why
        if why := self._cannot_follow(self.after_idle):
            problems["after_idle"] = why
        if not self.system and self.workforce == Workforce.ENGAGED:
            problems["workforce"] = gettext("Only calls make an agent engaged; choose another.")
        if not self.active and self._is_led_to():
            problems["active"] = gettext("Another status or the floor leads to this one by itself.")
        if self.built_in and not self.active:
            problems["active"] = gettext("Built-in statuses stay; make it not selectable instead.")
        if problems:
            raise ValidationError(problems)

    def _is_led_to(self) -> bool:
        from presence.models.floor import Floor  # noqa: PLC0415 - which refers to statuses

        leads = models.Q(after_maximum=self.pk) | models.Q(after_idle=self.pk)
        by_floor = Floor.objects.filter(after_connection_lost=self.pk)
        return Status.objects.filter(leads).exists() or by_floor.exists()

    def _cannot_follow(self, target: "Status | None") -> str:
        """Why `target` cannot follow on its own; empty where it can."""
        if target is None:
            return ""
        if target.pk == self.pk:
            return gettext("A status cannot follow itself.")
        return target.cannot_follow_by_itself(available=self.accepts_inbound)

    def cannot_follow_by_itself(self, *, available: bool) -> str:
        """Why nobody can be put into this mode by a rule; empty where they can. `available` are
        those who may be offered calls before."""
        if self.system:
            return gettext("%(status)s is set by the system and cannot be a mode.") % {
                "status": self
            }
        if not self.active:
            return gettext("%(status)s is deactivated; choose another.") % {"status": self}
        if self.accepts_inbound and not available:
            return gettext("Nobody becomes available on their own; choose another.")
        return ""


class ChosenBy(models.TextChoices):
    """Who may give a reason."""

    EVERYBODY = "everybody", _("Agents and supervisors")
    AGENTS = "agents", _("Agents only")
    SUPERVISORS = "supervisors", _("Supervisors only")


class Reason(models.Model):
    """Why, within a mode. A reason in use is deactivated, never removed."""

    status = models.ForeignKey(
        Status, verbose_name=_("status"), on_delete=models.PROTECT, related_name="reasons"
    )
    label = models.CharField(_("label"), max_length=60)
    chosen_by = models.CharField(
        _("who may give it"), max_length=12, choices=ChosenBy.choices, default=ChosenBy.EVERYBODY
    )
    active = models.BooleanField(_("active"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["status__order", "order", "label"]
        constraints = [
            models.UniqueConstraint(
                "status",
                Lower("label"),
                name="reason_once_per_status",
                violation_error_message=_("This status already has a reason of that name."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} - {self.label}"

    def clean(self) -> None:
        if self.status_id and self.status.reason_policy == ReasonPolicy.NONE:
            raise ValidationError(
                {
                    "status": gettext(
                        "%(status)s asks for no reason; change that in the status first."
                    )
                    % {"status": self.status}
                }
            )
