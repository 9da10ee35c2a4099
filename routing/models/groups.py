"""Who serves a queue: its ring groups and their members."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from presence.events import NoAnswer
from presence.models import Agent, Status
from routing.models.fields import RING
from routing.models.queues import Queue
from routing.strategies import Strategy


class RingGroup(models.Model):
    """A tier of a queue: agents rung by one strategy, and what ringing, missing and finishing
    mean."""

    queue = models.ForeignKey(
        Queue, verbose_name=_("queue"), on_delete=models.CASCADE, related_name="ring_groups"
    )
    tier = models.PositiveSmallIntegerField(_("tier"), default=1, validators=[MinValueValidator(1)])
    next_tier_after = models.PositiveIntegerField(
        _("the next tier joins after (seconds)"),
        default=40,
        help_text=_("Counted from when this tier joined. 0: they begin together."),
    )
    strategy = models.CharField(
        _("strategy"),
        max_length=12,
        choices=[
            (Strategy.LONGEST_IDLE.value, _("Longest idle")),
            (Strategy.ROUND_ROBIN.value, _("Round robin")),
            (Strategy.PRIORITY.value, _("Priority, then longest idle")),
            (Strategy.FEWEST_CALLS.value, _("Fewest calls today")),
            (Strategy.RING_ALL.value, _("Ring all")),
        ],
        default=Strategy.LONGEST_IDLE.value,
    )
    members = models.ManyToManyField(
        Agent, verbose_name=_("members"), through="Membership", related_name="ring_groups"
    )
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring timeout (seconds)"), default=20, validators=RING
    )
    no_answer = models.CharField(
        _("when a call rings out"),
        max_length=10,
        choices=[
            (NoAnswer.HOLD.value, _("No Answer until the agent chooses")),
            (NoAnswer.HOLD_FOR.value, _("No Answer for some seconds")),
            (NoAnswer.BUSY.value, _("Busy until the agent chooses")),
        ],
        default=NoAnswer.HOLD.value,
    )
    no_answer_seconds = models.PositiveSmallIntegerField(_("no answer seconds"), default=30)
    max_misses = models.PositiveSmallIntegerField(
        _("misses in a row"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("After so many the agent is moved to the mode below. Empty: never."),
    )
    misses_then = models.ForeignKey(
        Status,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("then set the mode"),
        limit_choices_to={"system": False, "accepts_inbound": False, "active": True},
    )
    wrap_up_seconds = models.PositiveSmallIntegerField(
        _("wrap up seconds"),
        default=0,
        null=True,
        blank=True,
        help_text=_("0: no wrap-up. Empty: until the agent is done."),
    )
    wrap_up_campaign_only = models.BooleanField(
        _("wrap-up after campaign calls only"), default=False
    )
    cool_down_seconds = models.PositiveSmallIntegerField(
        _("cool down seconds"),
        default=0,
        help_text=_("Nothing is offered for so long after a call."),
    )

    class Meta:
        verbose_name = _("ring group")
        verbose_name_plural = _("ring groups")
        ordering = ["queue", "tier"]
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "tier"],
                name="ring_group_once_per_tier",
                violation_error_message=_("This queue already has a ring group at that tier."),
            ),
            models.CheckConstraint(
                name="ring_group_rings", condition=models.Q(ring_seconds__gte=1)
            ),
            models.CheckConstraint(
                name="ring_group_misses_whole",
                condition=models.Q(max_misses=None, misses_then=None)
                | models.Q(max_misses__isnull=False, max_misses__gte=1, misses_then__isnull=False),
                violation_error_message=_("Say after how many misses, and which mode follows."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(queue)s (tier %(tier)s)") % {"queue": self.queue, "tier": self.tier}

    def clean(self) -> None:
        problems: dict[str, str] = {}
        if self.no_answer == NoAnswer.HOLD_FOR and not self.no_answer_seconds:
            problems["no_answer_seconds"] = gettext("Say for how many seconds.")
        if self.wrap_up_campaign_only and self.wrap_up_seconds == 0:
            problems["wrap_up_campaign_only"] = gettext(
                "There is no wrap-up after any call: give it seconds, or untick this."
            )
        if problems:
            raise ValidationError(problems)


class Membership(models.Model):
    """An agent in a ring group. One who opted out of a queue stays a member, and is offered none of
    its calls."""

    ring_group = models.ForeignKey(
        RingGroup,
        verbose_name=_("ring group"),
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    agent = models.ForeignKey(
        Agent, verbose_name=_("agent"), on_delete=models.CASCADE, related_name="memberships"
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=1, validators=[MinValueValidator(1)], help_text=_("1 is rung first.")
    )
    opted_out = models.BooleanField(_("opted out"), default=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["ring_group", "agent"], name="membership_once")
        ]

    def __str__(self) -> str:
        return gettext("%(agent)s in %(group)s") % {"agent": self.agent, "group": self.ring_group}


class Turn(models.Model):
    """When a ring group last rang an agent: what round robin goes by."""

    ring_group = models.ForeignKey(RingGroup, on_delete=models.CASCADE, related_name="turns")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ring_group", "agent"], name="turn_once")]

    def __str__(self) -> str:
        return f"{self.ring_group_id} rang {self.agent_id}"
