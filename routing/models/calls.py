"""The record of every call: its waits in queues, and every agent's part in it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.insert_only import InsertOnly
from presence.models import Agent
from presence.models.states import choices_of
from presence.state import LegState
from presence.words import ACTIVITY, CALL, OUTCOME
from routing.models.groups import RingGroup
from routing.models.queues import DirectNumber, Queue


class InteractionOutcome(models.TextChoices):
    """How an interaction ended."""

    HANDLED = "handled", _("Handled")
    ABANDONED = "abandoned", _("Abandoned while waiting")
    ABANDONED_ON_HOLD = "abandoned_on_hold", _("Abandoned on hold")
    OVERFLOWED = "overflowed", _("Overflowed to a number, voicemail or hang-up")
    TRANSFERRED = "transferred", _("Transferred to a number")
    UNANSWERED = "unanswered", _("Not answered")


class EntryOutcome(models.TextChoices):
    """How a wait in a queue ended."""

    ANSWERED = "answered", _("Answered")
    ABANDONED = "abandoned", _("Abandoned")
    OVERFLOWED = "overflowed", _("Overflowed")
    REMOVED = "removed", _("Taken out by the telephony")


class Interaction(models.Model):
    """One contact with one customer, as the telephony system `source` knows it by `external_id`.

    `queue` is the queue it last entered. Of two that wait, the one of higher `priority` goes first.
    `caller_left_at` is when the customer hung up while an agent's phone stayed up.
    """

    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("external id"), max_length=120)
    channel = models.CharField(_("channel"), max_length=10, default="call")
    kind = models.CharField(_("kind"), max_length=10, choices=choices_of(CALL))
    queue = models.ForeignKey(
        Queue,
        verbose_name=_("queue"),
        on_delete=models.PROTECT,
        null=True,
        related_name="interactions",
    )
    direct_number = models.ForeignKey(
        DirectNumber,
        verbose_name=_("direct number"),
        on_delete=models.PROTECT,
        null=True,
        related_name="interactions",
    )
    caller = models.CharField(_("caller"), max_length=80, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=0)
    started_at = models.DateTimeField(_("started at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    caller_left_at = models.DateTimeField(_("caller left at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=InteractionOutcome.choices, blank=True
    )

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["id"],
                name="interaction_live",
                condition=models.Q(ended_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="interaction_once"),
            models.CheckConstraint(
                name="interaction_runs_forward",
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("started_at")),
            ),
            models.CheckConstraint(
                name="interaction_outcome_at_end",
                condition=models.Q(ended_at__isnull=True, outcome="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.caller or self.external_id}"


class QueueEntry(models.Model):
    """One wait of an interaction in a queue, until it is answered or leaves.

    `waiting_since` is when the caller began to wait, in this queue or one that it overflowed from.
    `tried` says that it was tried to find an agent: before, no wait runs out. `due_at` is when a
    tier joins or a wait runs out next.
    """

    interaction = models.ForeignKey(
        Interaction, verbose_name=_("interaction"), on_delete=models.PROTECT, related_name="entries"
    )
    queue = models.ForeignKey(
        Queue, verbose_name=_("queue"), on_delete=models.PROTECT, related_name="entries"
    )
    entered_at = models.DateTimeField(_("entered at"))
    waiting_since = models.DateTimeField(_("waiting since"))
    tried = models.BooleanField(_("tried"), default=False)
    due_at = models.DateTimeField(_("due at"), null=True)
    left_at = models.DateTimeField(_("left at"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=EntryOutcome.choices, blank=True
    )

    class Meta:
        verbose_name = _("queue entry")
        verbose_name_plural = _("queue entries")
        indexes = [
            models.Index(
                fields=["queue", "waiting_since"],
                name="entry_waiting",
                condition=models.Q(left_at__isnull=True),
            ),
            models.Index(fields=["queue", "left_at"], name="entry_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"],
                name="entry_one_open",
                condition=models.Q(left_at__isnull=True),
            ),
            models.CheckConstraint(
                name="entry_runs_forward",
                condition=models.Q(left_at__isnull=True)
                | models.Q(left_at__gte=models.F("entered_at")),
            ),
            models.CheckConstraint(
                name="entry_outcome_at_end",
                condition=models.Q(left_at__isnull=True, outcome="")
                | (models.Q(left_at__isnull=False) & ~models.Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.queue)


class LegRows(models.QuerySet["Leg"]):
    def connected(self) -> "LegRows":
        """Those whose phone has to do with the call: who wraps up has left it."""
        return self.filter(ended_at=None).exclude(state=LegState.WRAP_UP.value)

    def in_call(self) -> "LegRows":
        """Those who ring, dial or talk: a supervisor who listens has no part in the call."""
        return self.connected().exclude(state=LegState.MONITORING.value)

    def talking(self) -> "LegRows":
        """Those in a call who have answered it, or whom the far end has."""
        return self.in_call().filter(answered_at__isnull=False)

    def dead(self) -> "LegRows":
        """Those whose phone is up in a call that everybody else has left, since `alone_since`."""
        return self.talking().filter(alone_since__isnull=False)


class Leg(models.Model):
    """One agent's part in an interaction: the record of what the machine remembers while it lives.

    `entry` is the wait in a queue that it was offered from, `ring_group` the group that rang.
    `since` is when its state began; the states before are its spans. `outcome` is how it ended for
    the caller; a leg in wrap-up has an outcome and no `ended_at`. Nobody heard the end of an
    `estimated` one: it bears the best-known time. `alone_since` is since when the caller and every
    other agent had left, kept when it ends.
    """

    interaction = models.ForeignKey(
        Interaction, verbose_name=_("interaction"), on_delete=models.PROTECT, related_name="legs"
    )
    agent = models.ForeignKey(
        Agent, verbose_name=_("agent"), on_delete=models.PROTECT, related_name="legs"
    )
    entry = models.ForeignKey(
        QueueEntry,
        verbose_name=_("entry"),
        on_delete=models.PROTECT,
        null=True,
        related_name="legs",
    )
    ring_group = models.ForeignKey(
        RingGroup,
        verbose_name=_("ring group"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="legs",
    )
    external_id = models.CharField(_("external id"), max_length=120)
    state = models.CharField(_("state"), max_length=16, choices=choices_of(ACTIVITY))
    since = models.DateTimeField(_("since"), default=timezone.now)
    started_at = models.DateTimeField(_("started at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=choices_of(OUTCOME), blank=True)
    estimated = models.BooleanField(_("estimated"), default=False)
    alone_since = models.DateTimeField(_("alone since"), null=True)

    objects = LegRows.as_manager()

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        indexes = [
            models.Index(
                fields=["interaction"],
                name="leg_live",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.Index(fields=["agent", "answered_at"], name="leg_answered"),
            models.Index(fields=["started_at"], name="leg_by_start"),
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
        return f"{self.agent}: {self.get_state_display()}"


class LegSpan(InsertOnly):
    """A closed span of a leg in one state. The open one is the leg's own.

    `agent` is the leg's: reports that add up a year need not look up every leg.
    """

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="spans")
    agent = models.ForeignKey(
        Agent,
        verbose_name=_("agent"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # nobody looks spans up by it, and each index costs every change of a leg
    )
    state = models.CharField(max_length=16, choices=choices_of(ACTIVITY))
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        ordering = ["leg", "started_at", "pk"]
        indexes = [models.Index(fields=["ended_at"], name="leg_span_by_end")]
        constraints = [
            models.CheckConstraint(
                name="leg_span_runs_forward",
                condition=models.Q(ended_at__gte=models.F("started_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.state}"
