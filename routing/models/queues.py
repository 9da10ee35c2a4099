"""Queues, and where callers go who cannot be served."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from presence.events import CallKind
from presence.models import Agent
from routing.models.fields import RING, overflow_to, wait
from routing.overflows import way
from routing.waits import Level

WAITS = {
    "wait_when_withdrawn": "withdrawn_overflow",
    "wait_when_absent": "absent_overflow",
    "max_wait": "max_wait_overflow",
}
"""A queue's waits, and where callers go after each."""


class Distribution(models.TextChoices):
    """Who decides which agent gets a queue's next call."""

    TELEPHONY = "telephony", _("The telephony decides; Rollcall mirrors it")
    ROLLCALL = "rollcall", _("Rollcall decides")


class Destination(models.Model):
    """Where a caller goes who overflows: another queue, a number, a voicemail box, or nowhere."""

    class Kind(models.TextChoices):
        QUEUE = "queue", _("Queue")
        NUMBER = "number", _("Number")
        VOICEMAIL = "voicemail", _("Voicemail")
        HANG_UP = "hang_up", _("Hang up")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    queue = models.ForeignKey(
        "Queue",
        verbose_name=_("queue"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="overflows_here",
    )
    address = models.CharField(
        _("address"), max_length=80, blank=True, help_text=_("The number, or the voicemail box.")
    )

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ["kind", "queue__name", "address"]
        constraints = [
            models.CheckConstraint(
                name="destination_whole",
                condition=models.Q(kind="queue", queue__isnull=False, address="")
                | (models.Q(kind__in=["number", "voicemail"], queue=None) & ~models.Q(address=""))
                | models.Q(kind="hang_up", queue=None, address=""),
                violation_error_message=(
                    _(
                        "Choose a queue for Queue, give an address for Number and Voicemail, and "
                        "neither for Hang up."
                    )
                ),
            ),
            models.UniqueConstraint(
                "kind",
                Coalesce("queue", 0),
                "address",
                name="destination_once",
                violation_error_message=_("There is such a destination already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.queue or self.address}".strip()

    def clean(self) -> None:
        if self.kind != self.Kind.QUEUE or self.queue is None:
            return
        if not self.queue.active:
            raise ValidationError({"queue": self.closed()})
        for user in self.used_by() if self.pk else ():
            if circle := _circle(user, self.queue):
                raise ValidationError({"queue": circle})

    def closed(self) -> str:
        """Why nobody may overflow here, in a sentence; empty where they may."""
        if self.queue is None or self.queue.active:
            return ""
        said = gettext("%(queue)s is deactivated and takes no calls; choose another.")
        return said % {"queue": self.queue}

    def used_by(self) -> "models.QuerySet[Queue]":
        """The queues whose callers overflow here."""
        anywhere = Q(*((field, self) for field in WAITS.values()), _connector=Q.OR)
        return Queue.objects.filter(anywhere)


class Queue(models.Model):
    """Where interactions wait. A campaign is a queue whose calls need the webphone itself."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=[
            (CallKind.QUEUE.value, _("Inbound")),
            (CallKind.CAMPAIGN.value, _("Campaign")),
        ],
        default=CallKind.QUEUE.value,
    )
    distribution = models.CharField(
        _("distribution"),
        max_length=10,
        choices=Distribution.choices,
        default=Distribution.TELEPHONY,
    )
    service_level_seconds = models.PositiveSmallIntegerField(
        _("service level seconds"),
        default=20,
        help_text=_("A call answered within so many seconds is within service level."),
    )
    service_level_percent = models.PositiveSmallIntegerField(
        _("service level target (percent)"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    wait_when_withdrawn = wait(
        _("wait when everybody is withdrawn"),
        _(
            "How long to hold while nobody on shift is ready. In seconds; 0: overflow at once. "
            "Empty: no limit."
        ),
    )
    withdrawn_overflow = overflow_to(_("then overflow to"))
    wait_when_absent = wait(
        _("wait when everybody is absent"),
        _(
            "How long to hold while nobody is on shift. In seconds; 0: overflow at once. Empty: no "
            "limit."
        ),
    )
    absent_overflow = overflow_to(_("then overflow to"))
    max_wait = wait(
        _("longest wait"),
        _("How long to hold whoever is there. In seconds; 0: overflow at once. Empty: no limit."),
    )
    max_wait_overflow = overflow_to(_("then overflow to"))
    music = models.CharField(
        _("music"), max_length=80, blank=True, help_text=_("Passed to the telephony as it is.")
    )
    announcement = models.CharField(
        _("announcement"),
        max_length=80,
        blank=True,
        help_text=_("Passed to the telephony as it is."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="queue_name_once",
                violation_error_message=(
                    _("Another queue has this name; people could not tell them apart.")
                ),
            ),
            models.CheckConstraint(
                name="queue_service_level_percent",
                condition=models.Q(service_level_percent__range=(1, 100)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        problems: dict[str, str] = {}
        for wait_field, field in WAITS.items():
            to: Destination | None = getattr(self, field)
            if to and getattr(self, wait_field) is None:
                said = gettext(
                    "Say after how many seconds callers go to %(to)s, or choose no overflow."
                )
                problems[wait_field] = said % {"to": to}
            if to and (wrong := self._wrong_way(to)):
                problems[field] = wrong
        if not self.active and (users := self.overflowing_here()):
            said = gettext("Callers of %(names)s overflow here; send them elsewhere first.")
            problems["active"] = said % {"names": gettext(" and ").join(users)}
        if problems:
            raise ValidationError(problems)

    def _wrong_way(self, to: Destination) -> str:
        """Why callers may not overflow to `to`. A deactivated queue may keep its destinations
        until it is activated; a circle is refused even then, for it would begin on that day."""
        closed = to.closed() if self.active else ""
        return closed or (_circle(self, to.queue) if self.pk and to.queue else "")

    def overflowing_here(self) -> list[str]:
        """The names of what sends its callers here: active queues and direct numbers."""
        if not self.pk:
            return []
        here = self.overflows_here.all()
        queues = {queue for to in here for queue in to.used_by().filter(active=True)} - {self}
        numbers = DirectNumber.objects.filter(overflow__in=here, active=True)
        return [*sorted(str(queue) for queue in queues), *map(str, numbers)]


def _circle(queue: Queue, to: Queue) -> str:
    """Says how callers of `queue` who overflow into `to` would come back; empty: they never do."""
    names = dict(Queue.objects.values_list("pk", "name"))
    rows = Queue.objects.values_list("pk", *(f"{field}__queue" for field in WAITS.values()))
    routes = {pk: [target for target in targets if target] for pk, *targets in rows}
    back = way(routes, to.pk, queue.pk)
    if not back:
        return ""
    round_trip = gettext(", then ").join(names[pk] for pk in [queue.pk, *back])
    said = gettext("Callers would go in circles: %(round_trip)s. Choose another.")
    return said % {"round_trip": round_trip}


class DirectNumber(models.Model):
    """A number of an agent's own. Its calls are offered to them whatever their mode."""

    number = models.CharField(_("number"), max_length=80, unique=True)
    agent = models.ForeignKey(
        Agent, verbose_name=_("agent"), on_delete=models.PROTECT, related_name="direct_numbers"
    )
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring timeout (seconds)"), default=20, validators=RING
    )
    overflow = overflow_to(_("when not answered"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("direct number")
        verbose_name_plural = _("direct numbers")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="direct_number_rings", condition=models.Q(ring_seconds__gte=1)
            )
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        if self.active and self.overflow and (closed := self.overflow.closed()):
            raise ValidationError({"overflow": closed})


class Staffing(models.Model):
    """Who is there for a queue in which somebody waits, and since when: what decides which of its
    waits runs. Kept by `routing.distribution` alone."""

    queue = models.OneToOneField(
        Queue, on_delete=models.CASCADE, primary_key=True, related_name="staffing"
    )
    level = models.CharField(max_length=10, choices=[(level.value, level.value) for level in Level])
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue_id}: {self.level}"
