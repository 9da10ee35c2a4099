"""What a queue's settings mean, in sentences that an admin can check them by."""

from collections.abc import Callable
from itertools import pairwise

from presence.events import NoAnswer
from routing.models import Destination, Distribution, Queue, RingGroup

_NEXT_RING = {1: "a second", 2: "a third", 3: "a fourth"}


def span(seconds: int) -> str:
    """A span as people say it: `90 s`, `5 min`, `2 h 30 min`."""
    if seconds < 120:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60) if minutes >= 120 else (0, minutes)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def rings(ring: int, seconds: int) -> str:
    """How often phones that ring for `ring` seconds ring one after another within `seconds`: a ring
    that has begun goes on."""
    whole, rest = divmod(seconds, ring)
    if not rest:
        return f"for {whole} x {span(ring)}"
    if not whole:
        return f"for {span(seconds)} (the ring of {span(ring)} goes on)"
    count = f"{whole} ring{'s' if whole > 1 else ''} of {span(ring)}"
    return f"for {span(seconds)} ({count} and {_NEXT_RING.get(whole, 'one more')} that goes on)"


def in_words(queue: Queue) -> list[str]:
    """The queue's settings as they are saved, a sentence each."""
    tiers = list(queue.ring_groups.order_by("tier"))
    decides = queue.distribution == Distribution.ROLLCALL
    goal = f"{queue.service_level_percent} % answered within {span(queue.service_level_seconds)}"
    return [
        *([_rung(tiers), *_waits(queue)] if decides else [_mirrored(tiers)]),
        *_each(tiers, _missed),
        *_each(tiers, _finished),
        f"The goal: {goal}.",
    ]


def serving(tier: RingGroup) -> int:
    """How many agents take the tier's calls: members who are active and have not opted out."""
    return tier.memberships.filter(opted_out=False, agent__active=True).count()


# --- who is rung -------------------------------------------------------------------------------


def _rung(tiers: list[RingGroup]) -> str:
    if not tiers:
        return "A call rings nobody: there is no tier."
    words = f"A call rings {_who(tiers[0], tiers[-1])}"
    for before, tier in pairwise(tiers):
        words += _joins(before, tier, tiers[-1])
    return f"{words}."


def _joins(before: RingGroup, tier: RingGroup, last: RingGroup) -> str:
    seconds = before.next_tier_after
    if not seconds:
        return f", or {_who(tier, last)} where nobody there is free"
    rung = rings(before.ring_seconds, seconds) if serving(before) else f"for {span(seconds)}"
    return f" {rung}, then {_name(tier)} joins {_what(tier, last)}"


def _mirrored(tiers: list[RingGroup]) -> str:
    asked = " or ".join(_who(tier, tier) for tier in tiers) or "nobody"
    return f"The telephony decides whom a call rings; asked for the next agent: {asked}."


def _who(tier: RingGroup, last: RingGroup) -> str:
    return f"{_name(tier)} {_what(tier, last)}"


def _name(tier: RingGroup) -> str:
    return f"Tier {tier.tier}"


def _what(tier: RingGroup, last: RingGroup) -> str:
    agents = _agents(serving(tier))
    each = [f"{span(tier.ring_seconds)} a ring"] if tier == last else []
    return f"({', '.join([tier.get_strategy_display().lower(), agents, *each])})"


def _agents(number: int) -> str:
    return {0: "nobody", 1: "1 agent"}.get(number, f"{number} agents")


# --- how long they wait ------------------------------------------------------------------------


def _waits(queue: Queue) -> list[str]:
    withdrawn = _wait(queue.wait_when_withdrawn, queue.withdrawn_overflow)
    absent = _wait(queue.wait_when_absent, queue.absent_overflow)
    return [
        f"Everybody withdrawn: {withdrawn}.",
        f"Nobody on shift: {absent}.",
        _longest(queue.max_wait, queue.max_wait_overflow),
    ]


def _wait(seconds: int | None, to: Destination | None) -> str:
    if seconds is None:
        return "no limit"
    return _goes(f"after {span(seconds)}" if seconds else "at once", to)


def _longest(seconds: int | None, to: Destination | None) -> str:
    if seconds is None:
        return "No longest wait."
    if not seconds:
        return f"Nobody free right now: {_goes('at once', to)}."
    return f"At most {span(seconds)}, {_goes('then', to)}."


def _goes(when: str, to: Destination | None) -> str:
    if to and to.kind != Destination.Kind.HANG_UP:
        return f"{when} to {to}"
    return f"{when} hang up" if when == "then" else f"hang up {when}"


# --- what comes after --------------------------------------------------------------------------


def _each(tiers: list[RingGroup], words: Callable[[RingGroup], str]) -> list[str]:
    """A sentence for each tier, or a single one where they are alike."""
    said = {_name(tier): words(tier) for tier in tiers}
    if len(set(said.values())) == 1:
        said = {"Every tier" if tiers[1:] else _name(tiers[0]): words(tiers[0])}
    return [f"{name}: {sentence}." for name, sentence in said.items()]


def _missed(tier: RingGroup) -> str:
    hold = f"shows No Answer for {span(tier.no_answer_seconds)}"
    then = {
        NoAnswer.HOLD: "shows No Answer until they choose",
        NoAnswer.HOLD_FOR: hold,
        NoAnswer.BUSY: "is Busy until they choose",
    }[NoAnswer(tier.no_answer)]
    misses = f", and is {tier.misses_then} after {tier.max_misses} in a row"
    return f"who lets it ring {then}{misses if tier.max_misses else ''}"


def _finished(tier: RingGroup) -> str:
    seconds = tier.wrap_up_seconds
    wrap_up = "wrap-up until done" if seconds is None else f"{span(seconds)} of wrap-up"
    only = " (campaign calls only)" if tier.wrap_up_campaign_only else ""
    rest = f", then {span(tier.cool_down_seconds)} without calls" if tier.cool_down_seconds else ""
    return f"after a call {'no wrap-up' if seconds == 0 else wrap_up}{only}{rest}"
