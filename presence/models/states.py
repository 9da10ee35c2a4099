"""One row per agent that holds their whole state, and what is derived from it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from presence.derive import Refusal
from presence.models.agents import Agent
from presence.models.catalogue import Reason, Status
from presence.words import ACTIVITY, CAUSE, PHONE, WEBPHONE


def choices_of(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Codes with what people read for them, as a field's choices."""
    return [(code.value, word) for code, word in words.items()]


CAUSES = choices_of(CAUSE)


class AgentState(models.Model):
    """Written by `presence.actions.apply` alone. The columns below `shown_status` are derived."""

    agent = models.OneToOneField(
        Agent,
        verbose_name=_("agent"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="state",
    )
    version = models.PositiveBigIntegerField(_("version"), default=1)
    at = models.DateTimeField(_("at"))

    mode = models.ForeignKey(
        Status, verbose_name=_("mode"), on_delete=models.PROTECT, related_name="+"
    )
    mode_reason = models.ForeignKey(
        Reason, verbose_name=_("mode reason"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    mode_note = models.CharField(_("mode note"), max_length=200, blank=True)
    mode_since = models.DateTimeField(_("mode since"))
    mode_cause = models.CharField(_("mode cause"), max_length=20, choices=CAUSES)
    mode_actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("mode actor"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    logged_in = models.BooleanField(_("logged in"), default=False)
    left_mode = models.ForeignKey(
        Status, verbose_name=_("left mode"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    left_reason = models.ForeignKey(
        Reason, verbose_name=_("left reason"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    left_note = models.CharField(_("left note"), max_length=200, blank=True)

    pending = models.ForeignKey(
        Status, verbose_name=_("pending"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    pending_reason = models.ForeignKey(
        Reason,
        verbose_name=_("pending reason"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    pending_note = models.CharField(_("pending note"), max_length=200, blank=True)
    pending_since = models.DateTimeField(_("pending since"), null=True)
    pending_cause = models.CharField(_("pending cause"), max_length=20, choices=CAUSES, blank=True)
    pending_actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pending actor"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    legs = models.JSONField(_("legs"), default=list)
    ended_legs = models.JSONField(_("ended legs"), default=list)
    no_answer_since = models.DateTimeField(_("no answer since"), null=True)
    no_answer_until = models.DateTimeField(_("no answer until"), null=True)
    misses = models.PositiveSmallIntegerField(_("misses"), default=0)
    cool_down_until = models.DateTimeField(_("cool down until"), null=True)

    webphone = models.CharField(_("webphone"), max_length=10, choices=choices_of(WEBPHONE))
    grace_until = models.DateTimeField(_("grace until"), null=True)
    microphone_refused = models.BooleanField(_("microphone refused"), default=False)
    devices = models.JSONField(_("devices"), default=list)
    telephony_logged_in = models.BooleanField(_("telephony logged in"), default=False)
    phone = models.CharField(_("phone"), max_length=12, choices=choices_of(PHONE))
    phone_heard = models.DateTimeField(_("phone heard"), null=True)
    active_at = models.DateTimeField(_("active at"), null=True)

    deadline_at = models.DateTimeField(_("deadline at"), null=True)
    shown_status = models.ForeignKey(
        Status, verbose_name=_("shown status"), on_delete=models.PROTECT, related_name="+"
    )
    shown_reason = models.ForeignKey(
        Reason,
        verbose_name=_("shown reason"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    shown_note = models.CharField(_("shown note"), max_length=200, blank=True)
    shown_since = models.DateTimeField(_("shown since"))
    shown_version = models.PositiveBigIntegerField(_("shown version"), default=1)
    shown_cause = models.CharField(_("shown cause"), max_length=20, choices=CAUSES)
    shown_actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("shown actor"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    activity = models.CharField(
        _("activity"), max_length=16, choices=choices_of(ACTIVITY), blank=True
    )
    activity_since = models.DateTimeField(_("activity since"), null=True)
    may_receive = models.BooleanField(_("may receive"), default=False)
    why_not = models.CharField(_("why not"), max_length=120, blank=True)
    ready_since = models.DateTimeField(_("ready since"), null=True)

    class Meta:
        verbose_name = _("agent state")
        verbose_name_plural = _("agent states")
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
