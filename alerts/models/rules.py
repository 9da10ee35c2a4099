"""What admins have watched, and who is told of it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from alerts import judge
from alerts.kinds import MAY_SET, Kind, Severity, Sound
from presence.models import Reason, Status, Team
from routing.models import Queue

KINDS = [
    (Kind.LONG_STATUS.value, _("Too long in a status")),
    (Kind.GAP.value, _("Nobody ready in a queue")),
    (Kind.FEW_READY.value, _("Too few ready in a queue or team")),
    (Kind.LONG_WAIT.value, _("A caller waits too long")),
    (Kind.SERVICE_LEVEL.value, _("Service level under its target")),
    (Kind.LINK_LOST.value, _("Telephony not connected")),
    (Kind.CONNECTION_LOST.value, _("On a call without a connection")),
    (Kind.DEAD_CALL.value, _("The caller hung up, the line is still open")),
]
SOUNDS = [
    (Sound.NONE.value, _("No sound")),
    (Sound.ONCE.value, _("Once")),
    (Sound.REPEAT.value, _("Again and again until acknowledged")),
]


def _seconds(name: Any, help_text: Any) -> "models.PositiveIntegerField[Any, Any]":
    return models.PositiveIntegerField(name, null=True, blank=True, help_text=help_text)


def _percent(name: Any, help_text: Any) -> "models.PositiveSmallIntegerField[Any, Any]":
    return models.PositiveSmallIntegerField(
        name,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=help_text,
    )


def _only(model: Any, name: Any, help_text: Any) -> Any:
    return models.ForeignKey(
        model,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=name,
        help_text=help_text,
    )


def _sound(name: Any) -> "models.CharField[Any, Any]":
    return models.CharField(name, max_length=6, choices=SOUNDS, default=Sound.NONE.value)


_OURS = {
    "Too long in a status": _("Too long in a status"),
    "Nobody ready while callers wait": _("Nobody ready while callers wait"),
    "Caller waits longer than the service level": _("Caller waits longer than the service level"),
    "Telephony not connected": _("Telephony not connected"),
    "On a call without a connection": _("On a call without a connection"),
    "Caller gone, line still open": _("Caller gone, line still open"),
}
"""The rules that come with Rollcall, as long as nobody renames them."""


class Rule(models.Model):
    """One thing to watch. What a kind does not go by stays empty (`alerts.kinds.MAY_SET`)."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16, choices=KINDS)
    status = _only(Status, _("status"), _("Empty: every status with a limit of its own."))
    reason = _only(Reason, _("reason"), _("Empty: whatever the reason."))
    team = _only(Team, _("team"), _("Empty: every team."))
    queue = _only(Queue, _("queue"), _("Empty: every queue."))
    warning_seconds = _seconds(
        _("warning after (seconds)"),
        _(
            "Empty with a status: its own limits. Empty with a wait: the queue's service level. "
            "Else empty both: a warning at once."
        ),
    )
    critical_seconds = _seconds(_("critical after (seconds)"), _("Empty: it stays a warning."))
    at_least = models.PositiveSmallIntegerField(
        _("at least so many ready"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    only_when_waiting = models.BooleanField(_("only while somebody waits"), default=False)
    warning_percent = _percent(_("warning under (percent)"), _("Empty: the queue's own target."))
    critical_percent = _percent(_("critical under (percent)"), _("Empty: it stays a warning."))
    least_callers = models.PositiveSmallIntegerField(
        _("not before so many callers"),
        null=True,
        blank=True,
        help_text=_("How many have to have called today. Empty: 1."),
    )
    warning_sound = _sound(_("sound of a warning"))
    critical_sound = _sound(_("sound when critical"))
    seen_by = models.ManyToManyField(
        Team,
        blank=True,
        related_name="+",
        verbose_name=_("seen by supervisors of"),
        help_text=_("None chosen: everybody who watches the floor."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="rule_name_once",
                violation_error_message=_(
                    "Another rule has this name; people could not tell them apart."
                ),
            ),
            models.CheckConstraint(
                name="rule_critical_after_warning",
                condition=Q(warning_seconds=None)
                | Q(critical_seconds=None)
                | Q(critical_seconds__gt=F("warning_seconds")),
                violation_error_message=_("Critical comes after the warning."),
            ),
            models.CheckConstraint(
                name="rule_critical_under_warning",
                condition=Q(warning_percent=None)
                | Q(critical_percent=None)
                | Q(critical_percent__lt=F("warning_percent")),
                violation_error_message=_("Critical is under the warning's percentage."),
            ),
            models.CheckConstraint(
                name="rule_percent",
                condition=(Q(warning_percent=None) | Q(warning_percent__range=(1, 100)))
                & (Q(critical_percent=None) | Q(critical_percent__range=(1, 100))),
            ),
            models.CheckConstraint(
                name="rule_few_has_number",
                condition=Q(kind=Kind.FEW_READY.value, at_least__isnull=False, at_least__gte=1)
                | (~Q(kind=Kind.FEW_READY.value) & Q(at_least=None)),
                violation_error_message=_("Say how many are to be ready."),
            ),
        ]

    def __str__(self) -> str:
        return str(_OURS.get(self.name, self.name))

    def clean(self) -> None:
        problems = self._unused() or self._whole()
        if problems:
            raise ValidationError(problems)

    def _unused(self) -> dict[str, Any]:
        if self.kind not in MAY_SET:
            return {}
        every = frozenset().union(*MAY_SET.values())
        sentence = _("A rule of this kind does not go by it; leave it empty.")
        return {
            name: sentence
            for name in every - MAY_SET[Kind(self.kind)]
            if getattr(self, name) not in {None, False}
        }

    def _whole(self) -> dict[str, Any]:
        match self.kind:
            case Kind.LONG_STATUS:
                return self._whole_status()
            case Kind.FEW_READY:
                if self.at_least is None:
                    return {"at_least": _("Say how many are to be ready.")}
                if self.queue_id and self.team_id:
                    return {"team": _("Choose a queue or a team: it counts one of the two.")}
                if self.team_id and self.only_when_waiting:
                    return {"only_when_waiting": _("Callers wait in queues; choose a queue.")}
        return {}

    def _whole_status(self) -> dict[str, Any]:
        if self.reason and self.status and self.reason.status_id != self.status_id:
            return {"reason": _("This is a reason of another status.")}
        own = self.warning_seconds is not None or self.critical_seconds is not None
        if own and not self.status and not self.reason:
            return {"status": _("Choose a status: in every status would mean Offline too.")}
        if self.warning_seconds == 0 or self.critical_seconds == 0:
            return {"warning_seconds": _("Give at least one second.")}
        if (
            not own
            and self.status
            and not (self.status.max_seconds or self.status.critical_seconds)
        ):
            return {"warning_seconds": _("This status has no limit of its own; give one here.")}
        return {}

    def pure(self) -> judge.Rule:
        """As the judge reads it."""
        return judge.Rule(
            id=self.pk,
            kind=Kind(self.kind),
            status=self.status_id,
            reason=self.reason_id,
            team=self.team_id,
            queue=self.queue_id,
            warning=self.warning_seconds,
            critical=self.critical_seconds,
            at_least=self.at_least or 1,
            only_when_waiting=self.only_when_waiting,
            warning_percent=self.warning_percent,
            critical_percent=self.critical_percent,
            least_callers=self.least_callers or 1,
        )

    def sound(self, severity: Severity) -> Sound:
        critical = severity is Severity.CRITICAL
        return Sound(self.critical_sound if critical else self.warning_sound)
