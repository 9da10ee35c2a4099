"""What people read for the codes that machines use, in the language of whoever reads."""

from typing import cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, pgettext_lazy

from presence.decision import Refused
from presence.derive import Refusal
from presence.events import CallKind, Cause, DeviceKind, LegAction, PhoneReach
from presence.state import LegState, Webphone


def lazily(text: str) -> str:
    """`text` in the language of whoever it is rendered for, each time that it is. Import it as `_`:
    by that name catalogues find what it is given."""
    return cast(str, gettext_lazy(text))


def filled(text: str, **parts: str) -> str:
    """A lazy text with its {parts} put in, as lazy."""
    return cast(str, format_lazy(text, **parts))


_ = lazily


WHY_NOT = {
    Refusal.MODE: _("Mode takes no calls"),
    Refusal.PENDING: _("Mode Pending"),
    Refusal.ENGAGED: _("Engaged"),
    Refusal.NO_ANSWER: _("Missed a call"),
    Refusal.COOL_DOWN: _("Cooling down"),
    Refusal.NOT_PRESENT: _("Not connected"),
    Refusal.NO_DEVICE: _("All devices switched off"),
    Refusal.UNREACHABLE: _("Phone unreachable"),
    Refusal.LINK_LOST: _("Telephony not connected"),
    Refusal.INACTIVE: _("Deactivated"),
    Refusal.NOT_MEMBER: _("Not in this queue"),
    Refusal.OPTED_OUT: _("Opted out of this queue"),
    Refusal.REJECTED: _("Rejected this call"),
}
"""Why an agent may not be offered a call."""

HELP = {
    Refusal.MODE: _("Choose Available to be offered calls."),
    Refusal.PENDING: _("A mode waits, and applies when this call is over."),
    Refusal.ENGAGED: _("You are on a call or in wrap-up."),
    Refusal.NO_ANSWER: _("Choose Available when you are ready again."),
    Refusal.COOL_DOWN: _("A few seconds between calls, then you are offered the next."),
    Refusal.NOT_PRESENT: _("Keep a Rollcall page open, or switch on another device."),
    Refusal.NO_DEVICE: _("Switch on a device to be offered calls."),
    Refusal.INACTIVE: _("An admin has deactivated you."),
    Refusal.UNREACHABLE: _("Your phone is not registered. Check its network and log-in."),
    Refusal.LINK_LOST: _("Rollcall has lost the link to your telephony. It is being made again."),
    Refusal.NOT_MEMBER: _("An admin can add you to the queue."),
    Refusal.OPTED_OUT: _("Opt in to the queue to be offered its calls."),
    Refusal.REJECTED: _("A call that you rejected is offered to others."),
}
"""The same to the agent: what to do about it."""

ACTIVITY = {
    LegState.OFFERED: _("Offered"),
    LegState.DIALING: _("Dialing"),
    LegState.HANDLING: _("Handling"),
    LegState.ON_HOLD: _("On Hold"),
    LegState.CONSULTING: _("Consulting"),
    LegState.IN_CONFERENCE: _("In Conference"),
    LegState.MONITORING: _("Monitoring"),
    LegState.WRAP_UP: _("Wrap-Up"),
    LegState.ENDED: _("Ended"),
}
"""What a leg is doing."""

CAUSE = {
    Cause.AGENT: _("Chosen"),
    Cause.SUPERVISOR: _("Set by supervisor"),
    Cause.TELEPHONY: _("Set by telephony"),
    Cause.CALL: _("Call"),
    Cause.LOG_IN: _("Log-in"),
    Cause.LOG_OUT: _("Log-out"),
    Cause.REJECTED: _("Rejected a call"),
    Cause.RING_NO_ANSWER: _("Did not answer"),
    Cause.CALLS_MISSED: _("Missed too many calls"),
    Cause.WRAP_UP_EXPIRED: _("Wrap-up ran out"),
    Cause.HOLD_EXPIRED: _("No Answer ran out"),
    Cause.COOL_DOWN_EXPIRED: _("Cool-down ran out"),
    Cause.CONNECTION_LOST: _("Connection lost"),
    Cause.CONNECTED: _("Connected"),
    Cause.MICROPHONE: _("Microphone"),
    Cause.DEVICES: _("Devices"),
    Cause.MAXIMUM_DURATION: _("Maximum duration"),
    Cause.IDLE: _("Idle too long"),
    Cause.SETTINGS: _("Added, or settings changed"),
}
"""Why a shown status began."""

OUTCOME = {
    LegAction.OFFERED: _("Offered"),
    LegAction.DIALED: _("Dialed"),
    LegAction.ANSWERED: _("Answered"),
    LegAction.REJECTED: _("Rejected"),
    LegAction.RING_TIMED_OUT: _("Not answered"),
    LegAction.WITHDRAWN: cast(str, pgettext_lazy("call", "Withdrawn")),
    LegAction.HELD: _("Held"),
    LegAction.RESUMED: _("Resumed"),
    LegAction.CONSULTED: _("Consulted"),
    LegAction.CONFERENCED: _("In Conference"),
    LegAction.MONITORED: _("Monitoring"),
    LegAction.HUNG_UP: _("Hung up"),
    LegAction.TRANSFERRED: _("Transferred"),
    LegAction.WRAP_UP_DONE: _("Wrap-up done"),
}
"""What happened to a leg."""

CALL = {
    CallKind.QUEUE: _("Queue"),
    CallKind.CAMPAIGN: _("Campaign"),
    CallKind.DIRECT: _("Direct"),
    CallKind.OUTBOUND: _("Outbound"),
}
"""What kind of call it is."""

WEBPHONE = {
    Webphone.OFF: _("Not connected"),
    Webphone.LOST: _("Lost a moment ago"),
    Webphone.CONNECTED: _("Connected"),
}
"""The connection of the agent's page."""

PHONE = {
    PhoneReach.REACHABLE: _("Reachable"),
    PhoneReach.UNREACHABLE: _("Unreachable"),
    PhoneReach.UNKNOWN: _("Unknown"),
    PhoneReach.LOST: _("Telephony not connected"),
}
"""Whether the telephony can reach the agent's phone."""

DEVICE = {
    DeviceKind.WEBPHONE: _("Webphone"),
    DeviceKind.MOBILE: _("Mobile app"),
    DeviceKind.SIP: _("SIP phone"),
    DeviceKind.FORWARDING: _("Forwarding number"),
}
"""What agents call where they can be called."""

REFUSED = {
    "inactive": _("This agent is deactivated. An admin can activate them again."),
    "out_of_date": _("Something newer is already known. Look again."),
    "leg_ended": _("That call has already ended for this agent."),
    "not_possible": _("That cannot be done with this call now."),
}
"""What people read of a refused event. The machine's own sentence, in English, is for programs."""

_LABELS = {
    "Available": pgettext_lazy("status", "Available"),
    "BackOffice - Administrative": pgettext_lazy("status", "BackOffice - Administrative"),
    "Break": pgettext_lazy("status", "Break"),
    "Busy": pgettext_lazy("status", "Busy"),
    "Do Not Disturb": pgettext_lazy("status", "Do Not Disturb"),
    "Do not Disturb": pgettext_lazy("status", "Do not Disturb"),
    "Handling - Outgoing Interactions": pgettext_lazy("status", "Handling - Outgoing Interactions"),
    "No Answer": pgettext_lazy("status", "No Answer"),
    "Not Available": pgettext_lazy("status", "Not Available"),
    "Offered": pgettext_lazy("status", "Offered"),
    "Offline": pgettext_lazy("status", "Offline"),
    "On Break": pgettext_lazy("status", "On Break"),
    "On Call (Busy)": pgettext_lazy("status", "On Call (Busy)"),
    "On a Call": pgettext_lazy("status", "On a Call"),
    "Outbound Calls Only": pgettext_lazy("status", "Outbound Calls Only"),
    "Ready": pgettext_lazy("status", "Ready"),
    "Ringing (Offered)": pgettext_lazy("status", "Ringing (Offered)"),
    "Withdrawn": pgettext_lazy("status", "Withdrawn"),
    "Wrap-Up": pgettext_lazy("status", "Wrap-Up"),
}
"""What Rollcall itself calls its built-in statuses."""

VOCABULARY = {
    "talk": _("Talk: Offline, Available, Busy, On Break"),
    "distribution": _("Distribution: Ready, Withdrawn with a reason, Not Available"),
    "webphone": _("Webphone: Available and Do Not Disturb, the rest derived"),
    "modes": _("Modes: Ready, BackOffice - Administrative, Break, Outgoing, Offline"),
}
"""The words of the products that teams come from."""


def label_of(label: str, *, built_in: bool) -> str:
    """A status's label in the reader's language. One that an admin wrote is shown as they wrote
    it; lazy, so that what is rendered for many reads right for each."""
    return cast(str, _LABELS.get(label, label)) if built_in else label


def sentence_of(refused: Refused) -> str:
    """Why an event was refused, for people."""
    return REFUSED.get(refused.code, refused.sentence)
