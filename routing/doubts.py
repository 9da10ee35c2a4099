"""What an admin may not have meant: settings that are allowed, and do less than they seem to."""

from presence.events import CallKind
from routing.explain import serving, span
from routing.models import Distribution, Queue, RingGroup
from routing.models.queues import WAITS
from routing.waits import joins


def doubts(queue: Queue) -> list[str]:
    """Sentences about what the queue's saved settings never do, and what to do about it."""
    tiers = list(queue.ring_groups.order_by("tier"))
    if not any(serving(tier) for tier in tiers):
        who = ["Nobody serves this queue: add agents to one of its tiers."]
    else:
        who = [_empty(tier) for tier in tiers if not serving(tier)]
    spared = [tier for tier in tiers if tier.wrap_up_campaign_only]
    if queue.kind != CallKind.CAMPAIGN.value:
        who += [_never_wraps_up(tier) for tier in spared]
    return who + (
        _late(queue, tiers) if queue.distribution == Distribution.ROLLCALL else _idle(queue)
    )


def _empty(tier: RingGroup) -> str:
    return f"Tier {tier.tier} rings nobody: add an agent who is active and has not opted out."


def _never_wraps_up(tier: RingGroup) -> str:
    return (
        f"Tier {tier.tier} wraps up after campaign calls only, and this queue's are inbound: "
        "untick that, or set its wrap-up to 0."
    )


def _idle(queue: Queue) -> list[str]:
    if all(getattr(queue, wait) is None for wait in WAITS):
        return []
    return [
        "The telephony decides here, so no wait set in Rollcall runs: let Rollcall decide, or set "
        "the waits in the telephony."
    ]


def _late(queue: Queue, tiers: list[RingGroup]) -> list[str]:
    longest = queue.max_wait
    if longest is None:
        return []
    ends = f"the longest wait ends after {span(longest)}" if longest else "nobody waits at all"
    waits = {
        "everybody is withdrawn": queue.wait_when_withdrawn,
        "everybody is absent": queue.wait_when_absent,
    }
    late = [
        f"The wait of {span(seconds)} when {when} never runs out, for {ends}: shorten it or "
        "leave it empty."
        for when, seconds in waits.items()
        if seconds is not None and seconds >= longest
    ]
    joined = joins([tier.next_tier_after for tier in tiers])
    return late + [
        f"Tier {tier.tier} joins after {span(after)}, but {ends}: let it join sooner."
        for tier, after in zip(tiers, joined, strict=True)
        if after and after >= longest
    ]
