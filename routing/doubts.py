"""What an admin may not have meant: settings that are allowed, and do less than they seem to."""

from django.utils.translation import gettext as _

from presence.events import CallKind
from routing.explain import serving, span
from routing.models import Distribution, Queue, RingGroup
from routing.models.queues import WAITS
from routing.waits import joins


def doubts(queue: Queue) -> list[str]:
    """Sentences about what the queue's saved settings never do, and what to do about it."""
    tiers = list(queue.ring_groups.order_by("tier"))
    if not any(serving(tier) for tier in tiers):
        who = [_("Nobody serves this queue: add agents to one of its tiers.")]
    else:
        who = [_empty(tier) for tier in tiers if not serving(tier)]
    spared = [tier for tier in tiers if tier.wrap_up_campaign_only]
    if queue.kind != CallKind.CAMPAIGN.value:
        who += [_never_wraps_up(tier) for tier in spared]
    return who + (
        _late(queue, tiers) if queue.distribution == Distribution.ROLLCALL else _idle(queue)
    )


def _empty(tier: RingGroup) -> str:
    said = _("Tier %(tier)s rings nobody: add an agent who is active and has not opted out.")
    return said % {"tier": tier.tier}


def _never_wraps_up(tier: RingGroup) -> str:
    said = _(
        "Tier %(tier)s wraps up after campaign calls only, and this queue's are inbound: untick "
        "that, or set its wrap-up to 0."
    )
    return said % {"tier": tier.tier}


def _idle(queue: Queue) -> list[str]:
    if all(getattr(queue, wait) is None for wait in WAITS):
        return []
    return [
        _(
            "The telephony decides here, so no wait set in Rollcall runs: let Rollcall decide, or "
            "set the waits in the telephony."
        )
    ]


def _late(queue: Queue, tiers: list[RingGroup]) -> list[str]:
    longest = queue.max_wait
    if longest is None:
        return []
    ends = _("nobody waits at all")
    if longest:
        ends = _("the longest wait ends after %(span)s") % {"span": span(longest)}
    waits = {
        _("everybody is withdrawn"): queue.wait_when_withdrawn,
        _("everybody is absent"): queue.wait_when_absent,
    }
    never = _(
        "The wait of %(span)s when %(when)s never runs out, for %(ends)s: shorten it or leave it "
        "empty."
    )
    late = [
        never % {"span": span(seconds), "when": when, "ends": ends}
        for when, seconds in waits.items()
        if seconds is not None and seconds >= longest
    ]
    sooner = _("Tier %(tier)s joins after %(span)s, but %(ends)s: let it join sooner.")
    joined = joins([tier.next_tier_after for tier in tiers])
    return late + [
        sooner % {"tier": tier.tier, "span": span(after), "ends": ends}
        for tier, after in zip(tiers, joined, strict=True)
        if after and after >= longest
    ]
