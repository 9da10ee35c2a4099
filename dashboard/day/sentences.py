"""What happened to an agent, a sentence for each kind of event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.rows import with_reason
from presence.events import Cause, DeviceKind, LegAction, PhoneReach


@dataclass(frozen=True)
class Context:
    """What the events name by a code: statuses and reasons by key, calls by leg. `waits`: the
    agent was engaged after it, so that a mode that was chosen waits."""

    statuses: Mapping[str, str]
    reasons: Mapping[int, str]
    calls: Mapping[str, str]
    waits: bool = False


Details = Mapping[str, Any]

_LEG: Mapping[LegAction, str | Promise] = {
    LegAction.OFFERED: gettext_lazy("A call began to ring%(call)s."),
    LegAction.DIALED: gettext_lazy("Dialed a call%(call)s."),
    LegAction.ANSWERED: gettext_lazy("A call was answered%(call)s."),
    LegAction.REJECTED: gettext_lazy("Rejected a call%(call)s."),
    LegAction.RING_TIMED_OUT: gettext_lazy("Missed a call%(call)s."),
    LegAction.WITHDRAWN: gettext_lazy("A call was taken back%(call)s."),
    LegAction.HELD: gettext_lazy("Put a call on hold%(call)s."),
    LegAction.RESUMED: gettext_lazy("Took a call off hold%(call)s."),
    LegAction.CONSULTED: gettext_lazy("Consulted a colleague%(call)s."),
    LegAction.CONFERENCED: gettext_lazy("Began a conference%(call)s."),
    LegAction.MONITORED: gettext_lazy("Listened in on a call%(call)s."),
    LegAction.HUNG_UP: gettext_lazy("A call was hung up%(call)s."),
    LegAction.TRANSFERRED: gettext_lazy("Transferred a call%(call)s."),
    LegAction.WRAP_UP_DONE: gettext_lazy("Finished wrap-up%(call)s."),
}
_DEVICE: Mapping[DeviceKind, str | Promise] = {
    DeviceKind.WEBPHONE: gettext_lazy("Webphone"),
    DeviceKind.MOBILE: gettext_lazy("Mobile app"),
    DeviceKind.SIP: gettext_lazy("SIP phone"),
    DeviceKind.FORWARDING: gettext_lazy("Forwarding number"),
}
_REACH: Mapping[PhoneReach, str | Promise] = {
    PhoneReach.REACHABLE: gettext_lazy("The phone can be reached."),
    PhoneReach.UNREACHABLE: gettext_lazy("The phone cannot be reached."),
    PhoneReach.UNKNOWN: gettext_lazy("Whether the phone can be reached is unknown."),
    PhoneReach.LOST: gettext_lazy("The link to the telephony was lost."),
}


def sentence(event: str, details: Details, context: Context) -> str:
    """An event of this name; one that is not known yet goes by its name."""
    tell = SENTENCES.get(event)
    return tell(details, context) if tell else event


def mode(choice: Details, context: Context) -> str:
    """A choice as people read it: by the names of today."""
    code = str(choice.get("status", ""))
    reason = context.reasons.get(choice.get("reason") or 0, "") or str(choice.get("note") or "")
    return with_reason(context.statuses.get(code, code), reason)


def _choose(details: Details, context: Context) -> str:
    chosen = {"mode": mode(details["choice"], context)}
    if context.waits:
        return _("Chose %(mode)s, which waits for the end of the engagement.") % chosen
    if details.get("immediate"):
        return _("Chose %(mode)s, ending wrap-up at once.") % chosen
    return _("Chose %(mode)s.") % chosen


def _log_out(details: Details, _context: Context) -> str:
    supervisor = details.get("cause") == Cause.SUPERVISOR.value
    return _("Logged the agent out.") if supervisor else _("Signed out.")


def _leg(details: Details, context: Context) -> str:
    call = context.calls.get(details["leg"], "")
    return str(_LEG[LegAction(details["action"])]) % {"call": f": {call}" if call else ""}


def _microphone(details: Details, _context: Context) -> str:
    return _("Microphone granted.") if details.get("granted") else _("Microphone refused.")


def _device(details: Details, _context: Context) -> str:
    device = {"device": _DEVICE[DeviceKind(details["device"])]}
    return _("%(device)s on.") % device if details.get("on") else _("%(device)s off.") % device


def _phone(details: Details, _context: Context) -> str:
    said = []
    if (logged_in := details.get("logged_in")) is not None:
        said.append(
            _("Logged in at the telephony.") if logged_in else _("Logged out at the telephony.")
        )
    if reach := details.get("reach"):
        said.append(str(_REACH[PhoneReach(reach)]))
    return " ".join(said)


SENTENCES: Mapping[str, Callable[[Details, Context], str]] = {
    "LogIn": lambda _details, _context: _("Signed in."),
    "LogOut": _log_out,
    "Choose": _choose,
    "CancelPending": lambda _details, _context: _("Cancelled the pending mode."),
    "LegEvent": _leg,
    "WebphoneConnected": lambda _details, _context: _("Webphone connected."),
    "WebphoneLost": lambda _details, _context: _("Webphone lost."),
    "Active": lambda _details, _context: _("Was at the page."),
    "Microphone": _microphone,
    "DeviceSwitched": _device,
    "PhoneSeen": _phone,
    "DeadlineReached": lambda _details, _context: _("A time ran out."),
    "SettingsChanged": lambda _details, _context: _("Settings changed."),
}
