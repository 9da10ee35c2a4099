"""Help on "why am I not getting calls?": every cause, what to do, and the buttons that do it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.bar import Bar
from dashboard.serving import Served
from presence.derive import Refusal
from presence.words import HELP, WHY_NOT


@dataclass(frozen=True)
class Remedy:
    """A button, and what it posts where."""

    label: str
    action: str
    name: str = ""
    value: str = ""
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cause:
    """One thing that keeps calls away. `microphone`: the browser can be asked for it."""

    code: str
    label: str
    help: str
    remedies: tuple[Remedy, ...] = ()
    microphone: bool = False


def causes(own: Bar, queues: Iterable[Served]) -> list[Cause]:
    """Everything that keeps calls, or those of a queue, from the agent."""
    waits_first = sorted(own.why_not, key=lambda refusal: refusal is not Refusal.PENDING)
    found = [_cause(refusal, own) for refusal in waits_first]
    if own.unconfirmed:
        asked = _("It is asked again until it does.")
        found.append(
            Cause("unconfirmed", _("Not confirmed by the telephony"), f"{own.unconfirmed} {asked}")
        )
    return found + _about_queues(list(queues))


def none_can_come(own: Bar, queues: Iterable[Served]) -> bool:
    """Whether no queue may offer the agent a call now."""
    return bool(own.why_not) or all(queue.opted_out for queue in queues)


def _about_queues(queues: list[Served]) -> list[Cause]:
    if not queues:
        return [Cause("not_member", _("You serve no queue"), _("An admin can add you to one."))]
    return [_opted_out(queue) for queue in queues if queue.opted_out]


def _opted_out(queue: Served) -> Cause:
    into = _("Opt in to %s") % queue.name
    remedy = Remedy(into, reverse("opt", args=[queue.id]), "on", "1")
    label = f"{queue.name}: {WHY_NOT[Refusal.OPTED_OUT]}"
    return Cause("opted_out", label, str(HELP[Refusal.OPTED_OUT]), (remedy,))


def _cause(refusal: Refusal, own: Bar) -> Cause:
    microphone = refusal is Refusal.NOT_PRESENT and own.microphone_refused
    said, remedies = str(HELP[refusal]), _REMEDIES.get(refusal, _nothing)(own)
    if microphone:
        said = _("Your browser refuses Rollcall the microphone.")
    elif refusal is Refusal.PENDING and own.pending:
        said = _("%s waits, and applies when you are done.") % own.pending.text
    elif refusal is Refusal.ENGAGED:
        said = _engaged(own)
    elif refusal is Refusal.MODE and not remedies:
        said = _("No status that takes calls is yours to choose. An admin can change that.")
    return Cause(refusal.value, str(WHY_NOT[refusal]), said, remedies, microphone)


def _engaged(own: Bar) -> str:
    if own.wrap_up:
        return _("You are in wrap-up. Say when you are done.")
    if own.offer:
        return _("A call rings at you. Answer or reject it above.")
    if own.pending:
        return _("You are on a call.")
    return _("You are on a call. The next can come when it is over.")


# --- what can be done --------------------------------------------------------------------------


def _nothing(_own: Bar) -> tuple[Remedy, ...]:
    return ()


def _choose(own: Bar) -> tuple[Remedy, ...]:
    return tuple(
        Remedy(_("Choose %s") % option.status, reverse("mode"), "choice", option.status.code)
        for option in own.menu
        if option.status.accepts_inbound and not option.reason_needed
    )


def _switch_on(own: Bar) -> tuple[Remedy, ...]:
    return tuple(
        Remedy(
            _("Switch on %s") % switch.label, reverse("device"), "on", "1", (("kind", switch.kind),)
        )
        for switch in own.switches
        if not switch.on
    )


def _cancel(_own: Bar) -> tuple[Remedy, ...]:
    return (Remedy(_("Cancel what waits"), reverse("cancel_pending")),)


def _wrap_up_done(own: Bar) -> tuple[Remedy, ...]:
    if not own.wrap_up:
        return ()
    return (Remedy(_("Wrap-up done"), reverse("wrap_up_done"), "leg", own.wrap_up),)


_REMEDIES: dict[Refusal, Callable[[Bar], tuple[Remedy, ...]]] = {
    Refusal.MODE: _choose,
    Refusal.NO_ANSWER: _choose,
    Refusal.PENDING: _cancel,
    Refusal.ENGAGED: _wrap_up_done,
    Refusal.NO_DEVICE: _switch_on,
    Refusal.NOT_PRESENT: _switch_on,
    Refusal.UNREACHABLE: _switch_on,
    Refusal.LINK_LOST: _switch_on,
}
