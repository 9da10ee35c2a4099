"""What people read for the codes that machines use: one wording for screens, API and logs."""

from presence.derive import Refusal
from presence.events import Cause
from presence.state import LegState

WHY_NOT = {
    Refusal.MODE: "Mode takes no calls",
    Refusal.PENDING: "Mode Pending",
    Refusal.ENGAGED: "Engaged",
    Refusal.NO_ANSWER: "Missed a call",
    Refusal.COOL_DOWN: "Cooling down",
    Refusal.NOT_PRESENT: "Not connected",
    Refusal.NO_DEVICE: "All devices switched off",
    Refusal.UNREACHABLE: "Phone unreachable",
    Refusal.LINK_LOST: "Telephony not connected",
    Refusal.INACTIVE: "Deactivated",
    Refusal.NOT_MEMBER: "Not in this queue",
    Refusal.OPTED_OUT: "Opted out of this queue",
    Refusal.REJECTED: "Rejected this call",
}
"""Why an agent may not be offered a call."""

HELP = {
    Refusal.MODE: "Choose Available to be offered calls.",
    Refusal.PENDING: "A mode waits, and applies when this call is over.",
    Refusal.ENGAGED: "You are on a call or in wrap-up.",
    Refusal.NO_ANSWER: "You missed a call. Choose Available when you are ready again.",
    Refusal.COOL_DOWN: "A few seconds between calls, then you are offered the next.",
    Refusal.NOT_PRESENT: "Keep a Rollcall page open, or switch on another device.",
    Refusal.NO_DEVICE: "Switch on a device to be offered calls.",
    Refusal.INACTIVE: "An admin has deactivated you.",
    Refusal.UNREACHABLE: "Your phone is not registered. Check its network and log-in.",
    Refusal.LINK_LOST: "Rollcall has lost the link to your telephony. It is being made again.",
    Refusal.NOT_MEMBER: "An admin can add you to the queue.",
    Refusal.OPTED_OUT: "Opt in to the queue to be offered its calls.",
    Refusal.REJECTED: "A call that you rejected is offered to others.",
}
"""The same to the agent: what to do about it."""

ACTIVITY = {
    LegState.OFFERED: "Offered",
    LegState.DIALING: "Dialing",
    LegState.HANDLING: "Handling",
    LegState.ON_HOLD: "On Hold",
    LegState.CONSULTING: "Consulting",
    LegState.IN_CONFERENCE: "In Conference",
    LegState.WRAP_UP: "Wrap Up",
    LegState.ENDED: "Ended",
}
"""What a leg is doing."""

CAUSE = {
    Cause.AGENT: "Chosen",
    Cause.SUPERVISOR: "Set by supervisor",
    Cause.TELEPHONY: "Set by telephony",
    Cause.CALL: "Call",
    Cause.LOG_IN: "Log-in",
    Cause.LOG_OUT: "Log-out",
    Cause.REJECTED: "Rejected a call",
    Cause.RING_NO_ANSWER: "Did not answer",
    Cause.CALLS_MISSED: "Missed too many calls",
    Cause.WRAP_UP_EXPIRED: "Wrap-up ran out",
    Cause.HOLD_EXPIRED: "No Answer ran out",
    Cause.COOL_DOWN_EXPIRED: "Cool-down ran out",
    Cause.CONNECTION_LOST: "Connection lost",
    Cause.CONNECTED: "Connected",
    Cause.MICROPHONE: "Microphone",
    Cause.DEVICES: "Devices",
    Cause.MAXIMUM_DURATION: "Maximum duration",
    Cause.SETTINGS: "Added, or settings changed",
}
"""Why a shown status began."""
