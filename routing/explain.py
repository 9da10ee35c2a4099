"""What a queue's settings mean, in sentences that an admin can check them by."""

from collections.abc import Callable
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presence.events import NoAnswer
from routing.models import Destination, Distribution, Queue, RingGroup


def span(seconds: int) -> str:
    """A span as people say it: `90 s`, `5 min`, `2 h 30 min`."""
    if seconds < 120:
        return _("%(number)s s") % {"number": seconds}
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60) if minutes >= 120 else (0, minutes)
    parts = {_("%(number)s h"): hours, _("%(number)s min"): minutes, _("%(number)s s"): rest}
    return " ".join(words % {"number": number} for words, number in parts.items() if number)


def rings(ring: int, seconds: int) -> str:
    """How often phones that ring for `ring` seconds ring one after another within `seconds`: a ring
    that has begun goes on."""
    whole, rest = divmod(seconds, ring)
    if not rest:
        return _("for %(times)s x %(ring)s") % {"times": whole, "ring": span(ring)}
    if not whole:
        said = _("for %(span)s (the ring of %(ring)s goes on)")
    else:
        said = ngettext(
            "for %(span)s (%(times)s ring of %(ring)s and a second that goes on)",
            "for %(span)s (%(times)s rings of %(ring)s and one more that goes on)",
            whole,
        )
    return said % {"span": span(seconds), "ring": span(ring), "times": whole}


def in_words(queue: Queue) -> list[str]:
    """The queue's settings as they are saved, a sentence each."""
    tiers = list(queue.ring_groups.order_by("tier"))
    decides = queue.distribution == Distribution.ROLLCALL
    goal = _("The goal: %(percent)s %% answered within %(span)s.") % {
        "percent": queue.service_level_percent,
        "span": span(queue.service_level_seconds),
    }
    return [
        *([_rung(tiers), *_waits(queue)] if decides else [_mirrored(tiers)]),
        *_each(tiers, _missed),
        *_each(tiers, _finished),
        goal,
    ]


def serving(tier: RingGroup) -> int:
    """How many agents take the tier's calls: members who are active and have not opted out."""
    return tier.memberships.filter(opted_out=False, agent__active=True).count()


# --- who is rung -------------------------------------------------------------------------------


def _rung(tiers: list[RingGroup]) -> str:
    if not tiers:
        return _("A call rings nobody: there is no tier.")
    words = _who(tiers[0], tiers[-1])
    for before, tier in pairwise(tiers):
        words += _joins(before, tier, tiers[-1])
    return _("A call rings %(whom)s.") % {"whom": words}


def _joins(before: RingGroup, tier: RingGroup, last: RingGroup) -> str:
    seconds = before.next_tier_after
    if not seconds:
        return _(", or %(whom)s where nobody there is free") % {"whom": _who(tier, last)}
    alone = _("for %(span)s") % {"span": span(seconds)}
    rung = rings(before.ring_seconds, seconds) if serving(before) else alone
    said = _(" %(while)s, then %(tier)s joins %(what)s")
    return said % {"while": rung, "tier": _name(tier), "what": _what(tier, last)}


def _mirrored(tiers: list[RingGroup]) -> str:
    asked = _(" or ").join(_who(tier, tier) for tier in tiers) or _("nobody")
    said = _("The telephony decides whom a call rings; asked for the next agent: %(asked)s.")
    return said % {"asked": asked}


def _who(tier: RingGroup, last: RingGroup) -> str:
    return f"{_name(tier)} {_what(tier, last)}"


def _name(tier: RingGroup) -> str:
    return _("Tier %(number)s") % {"number": tier.tier}


def _what(tier: RingGroup, last: RingGroup) -> str:
    agents = _agents(serving(tier))
    each = [_("%(span)s a ring") % {"span": span(tier.ring_seconds)}] if tier == last else []
    return f"({', '.join([tier.get_strategy_display().lower(), agents, *each])})"


def _agents(number: int) -> str:
    if not number:
        return _("nobody")
    return ngettext("%(number)s agent", "%(number)s agents", number) % {"number": number}


# --- how long they wait ------------------------------------------------------------------------


def _waits(queue: Queue) -> list[str]:
    withdrawn = _wait(queue.wait_when_withdrawn, queue.withdrawn_overflow)
    absent = _wait(queue.wait_when_absent, queue.absent_overflow)
    return [
        _("Everybody withdrawn: %(wait)s.") % {"wait": withdrawn},
        _("Nobody on shift: %(wait)s.") % {"wait": absent},
        _longest(queue.max_wait, queue.max_wait_overflow),
    ]


def _wait(seconds: int | None, to: Destination | None) -> str:
    if seconds is None:
        return _("no limit")
    if not seconds:
        return _at_once(to)
    if target := _target(to):
        return _("after %(span)s to %(to)s") % {"span": span(seconds), "to": target}
    return _("hang up after %(span)s") % {"span": span(seconds)}


def _longest(seconds: int | None, to: Destination | None) -> str:
    if seconds is None:
        return _("No longest wait.")
    if not seconds:
        return _("Nobody free right now: %(goes)s.") % {"goes": _at_once(to)}
    if target := _target(to):
        return _("At most %(span)s, then to %(to)s.") % {"span": span(seconds), "to": target}
    return _("At most %(span)s, then hang up.") % {"span": span(seconds)}


def _at_once(to: Destination | None) -> str:
    target = _target(to)
    return _("at once to %(to)s") % {"to": target} if target else _("hang up at once")


def _target(to: Destination | None) -> str:
    """Where they go; empty where they are hung up on."""
    return str(to) if to and to.kind != Destination.Kind.HANG_UP else ""


# --- what comes after --------------------------------------------------------------------------


def _each(tiers: list[RingGroup], words: Callable[[RingGroup], str]) -> list[str]:
    """A sentence for each tier, or a single one where they are alike."""
    said = {_name(tier): words(tier) for tier in tiers}
    if len(set(said.values())) == 1:
        said = {_("Every tier") if tiers[1:] else _name(tiers[0]): words(tiers[0])}
    return [f"{name}: {sentence}." for name, sentence in said.items()]


def _missed(tier: RingGroup) -> str:
    hold = _("who lets it ring shows No Answer for %(span)s")
    said = {
        NoAnswer.HOLD: _("who lets it ring shows No Answer until they choose"),
        NoAnswer.HOLD_FOR: hold % {"span": span(tier.no_answer_seconds)},
        NoAnswer.BUSY: _("who lets it ring is Busy until they choose"),
    }[NoAnswer(tier.no_answer)]
    if not tier.max_misses:
        return said
    misses = _(", and is %(status)s after %(number)s in a row")
    return said + misses % {"status": tier.misses_then, "number": tier.max_misses}


def _finished(tier: RingGroup) -> str:
    seconds = tier.wrap_up_seconds
    if seconds is None:
        said = _("after a call wrap-up until done")
    elif seconds:
        said = _("after a call %(span)s of wrap-up") % {"span": span(seconds)}
    else:
        said = _("after a call no wrap-up")
    if tier.wrap_up_campaign_only:
        said += _(" (campaign calls only)")
    if tier.cool_down_seconds:
        said += _(", then %(span)s without calls") % {"span": span(tier.cool_down_seconds)}
    return said
