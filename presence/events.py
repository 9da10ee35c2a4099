"""What can happen to an agent: the events that the state machine takes (SPEC section 5)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CallKind(StrEnum):
    """What kind of call a leg belongs to."""

    QUEUE = "queue"
    CAMPAIGN = "campaign"
    DIRECT = "direct"
    OUTBOUND = "outbound"


class NoAnswer(StrEnum):
    """What happens to an agent whose offer rings out."""

    HOLD = "hold"  # No Answer until the agent chooses
    HOLD_FOR = "hold_for"  # No Answer for some seconds
    BUSY = "busy"  # mode becomes Busy
    NOTHING = "nothing"  # calls outside any ring group carry no policy


class DeviceKind(StrEnum):
    """Where an agent can take or place calls."""

    WEBPHONE = "webphone"
    MOBILE = "mobile"
    SIP = "sip"
    FORWARDING = "forwarding"


class PhoneReach(StrEnum):
    """Whether the telephony can reach the agent's phone. Unknown counts as reachable."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    LOST = "lost"  # the link to the telephony is lost: nobody is absent, nothing is offered


class Cause(StrEnum):
    """Why a shown status began."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    TELEPHONY = "telephony"
    CALL = "call"
    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    REJECTED = "rejected"
    RING_NO_ANSWER = "ring_no_answer"
    CALLS_MISSED = "calls_missed"
    WRAP_UP_EXPIRED = "wrap_up_expired"
    HOLD_EXPIRED = "hold_expired"
    COOL_DOWN_EXPIRED = "cool_down_expired"
    CONNECTION_LOST = "connection_lost"
    CONNECTED = "connected"
    MICROPHONE = "microphone"
    DEVICES = "devices"
    MAXIMUM_DURATION = "maximum_duration"
    IDLE = "idle"
    SETTINGS = "settings"


class LegAction(StrEnum):
    """What can happen to a leg."""

    OFFERED = "offered"
    DIALED = "dialed"
    ANSWERED = "answered"
    REJECTED = "rejected"
    RING_TIMED_OUT = "ring_timed_out"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    RESUMED = "resumed"
    CONSULTED = "consulted"
    CONFERENCED = "conferenced"
    MONITORED = "monitored"
    HUNG_UP = "hung_up"
    TRANSFERRED = "transferred"
    WRAP_UP_DONE = "wrap_up_done"


@dataclass(frozen=True)
class Choice:
    """A mode with its reason: a status code, a reason's primary key, or free text instead of it."""

    status: str
    reason: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Call:
    """What a leg needs to know of its call. The ring group's policies are those at the offer, so
    that a setting changed while it rings counts from the next offer on.

    `interaction` and `ring_group` are the routing layer's names; all spans are seconds; `ring` None
    leaves the ring timeout to the telephony; `wrap_up` 0 is none, None is until done. After
    `max_misses` misses in a row the mode becomes `misses_then`; None never does.
    """

    interaction: str
    kind: CallKind = CallKind.QUEUE
    ring_group: int | None = None
    queue: str = ""
    caller: str = ""
    ring: int | None = None
    no_answer: NoAnswer = NoAnswer.NOTHING
    no_answer_hold: int = 0
    max_misses: int | None = None
    misses_then: str = ""
    wrap_up: int | None = 0
    cool_down: int = 0


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to one agent.

    `at` is an aware UTC time; `id` is unique within `source` and makes the event idempotent
    (empty: no such name); `actor` is the primary key of the user who did it.
    """

    at: datetime
    source: str = "rollcall"
    id: str = ""
    actor: int | None = None


@dataclass(frozen=True, kw_only=True)
class LogIn(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class LogOut(Event):
    cause: Cause = Cause.LOG_OUT


@dataclass(frozen=True, kw_only=True)
class Choose(Event):
    """A mode is chosen. `cause` says by whom; `immediate` ends wrap-up first."""

    choice: Choice
    cause: Cause = Cause.AGENT
    immediate: bool = False


@dataclass(frozen=True, kw_only=True)
class CancelPending(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class LegEvent(Event):
    """Something happened to leg `leg`.

    `call` is needed where the leg may be new. `reported` marks a fact told by the telephony: it is
    mirrored, where Rollcall's own offer is refused to an agent who may not receive it.
    """

    action: LegAction
    leg: str
    call: Call | None = None
    reported: bool = True
    cause: Cause = Cause.CALL


@dataclass(frozen=True, kw_only=True)
class WebphoneConnected(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class WebphoneLost(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class Active(Event):
    """Somebody uses one of the agent's pages. It makes no history, and raises nothing."""


@dataclass(frozen=True, kw_only=True)
class Microphone(Event):
    granted: bool


@dataclass(frozen=True, kw_only=True)
class DeviceSwitched(Event):
    device: DeviceKind
    on: bool


@dataclass(frozen=True, kw_only=True)
class PhoneSeen(Event):
    """What the telephony knows of the agent: logged in to a queue, phone reachable.

    None leaves that half as it was.
    """

    logged_in: bool | None = None
    reach: PhoneReach | None = None


@dataclass(frozen=True, kw_only=True)
class DeadlineReached(Event):
    """The clock looked: the earliest deadline due by `at` fires, dated when it was due."""


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """An admin changed something that the state is derived from, or that the board shows."""

    devices: frozenset[DeviceKind] | None = field(default=None)
