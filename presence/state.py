"""One agent's whole state, as the machine knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from presence.events import Call, Cause, Choice, DeviceKind, PhoneReach

REMEMBERED_LEGS = 32
"""How many ended legs an agent's state remembers, to know late events by."""


class LegState(StrEnum):
    """What a leg is doing. Ended is final, and an ended leg is no longer in the agent's state."""

    OFFERED = "offered"
    DIALING = "dialing"
    HANDLING = "handling"
    ON_HOLD = "on_hold"
    CONSULTING = "consulting"
    IN_CONFERENCE = "in_conference"
    MONITORING = "monitoring"
    WRAP_UP = "wrap_up"
    ENDED = "ended"


class PresencePolicy(StrEnum):
    """What counts as the agent being there."""

    BROWSER = "browser"
    TELEPHONY = "telephony"
    EITHER = "either"


class LoginPolicy(StrEnum):
    """Which mode a log-in sets."""

    OFFLINE = "offline"
    RESTORE = "restore"
    AVAILABLE = "available"


class Webphone(StrEnum):
    """The connection from Rollcall's page. `LOST` is the grace period after the last one closed."""

    OFF = "off"
    LOST = "lost"
    CONNECTED = "connected"


@dataclass(frozen=True)
class StatusRule:
    """What the machine needs to know of a status. `maximum` seconds lead to mode `then`, if any,
    and `idle` seconds without a sign of the agent to mode `idle_then`."""

    accepts_inbound: bool
    allows_outbound: bool
    maximum: int | None = None
    then: str | None = None
    idle: int | None = None
    idle_then: str | None = None


@dataclass(frozen=True)
class Rules:
    """Settings that decide: the catalogue by status code, and the agent's policies. `lost_then` is
    the mode that follows a lost connection after grace; None keeps the mode."""

    statuses: Mapping[str, StatusRule]
    presence: PresencePolicy = PresencePolicy.BROWSER
    login: LoginPolicy = LoginPolicy.OFFLINE
    grace: timedelta = timedelta(seconds=10)
    lost_then: str | None = None
    receives_in_grace: bool = True
    choice_ends_wrap_up: bool = False
    choice_ends_offer: bool = False
    active: bool = True

    def accepts_inbound(self, status: str) -> bool:
        rule = self.statuses.get(status)
        return rule is not None and rule.accepts_inbound

    def lowers(self, status: str, then: str) -> bool:
        """Whether `then` ends that calls are offered: to one who is withdrawn there is no less."""
        known = then in self.statuses
        return known and self.accepts_inbound(status) and not self.accepts_inbound(then)


@dataclass(frozen=True)
class Leg:
    """One agent's live part in one interaction. `deadline` ends the ring or the wrap-up; `heard` is
    the time that the last event applied to it bore, by its sender's clock; `ready_since` is since
    when the agent was ready who was offered it."""

    id: str
    call: Call
    state: LegState
    since: datetime
    heard: datetime
    answered: bool = False
    deadline: datetime | None = None
    ready_since: datetime | None = None

    @property
    def offered_by_rollcall(self) -> bool:
        """Rollcall decided on this agent, and times the ring."""
        return self.call.ring is not None


@dataclass(frozen=True)
class Pending:
    """A mode that waits for the engagement to end, and who asked for it."""

    choice: Choice
    since: datetime
    cause: Cause
    actor: int | None = None


@dataclass(frozen=True)
class Hold:
    """No Answer, since when and until when (None: until the agent chooses)."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """What the board shows, since when and why. Derived, but for its memory of since."""

    status: str
    reason: int | None
    note: str
    since: datetime
    cause: Cause
    actor: int | None = None
    activity: LegState | None = None
    activity_since: datetime | None = None


@dataclass(frozen=True)
class State:
    """Everything the machine remembers of one agent. `at` is the time of the last event applied,
    `active_at` that of the last sign of the agent themselves."""

    at: datetime
    mode: Choice
    mode_since: datetime
    shown: Shown
    mode_cause: Cause = Cause.AGENT
    mode_actor: int | None = None
    logged_in: bool = False
    left_mode: Choice | None = None
    pending: Pending | None = None
    legs: tuple[Leg, ...] = ()
    ended: tuple[str, ...] = ()
    no_answer: Hold | None = None
    misses: int = 0
    cool_down_until: datetime | None = None
    webphone: Webphone = Webphone.OFF
    grace_until: datetime | None = None
    microphone_refused: bool = False
    devices: frozenset[DeviceKind] = frozenset({DeviceKind.WEBPHONE})
    telephony_logged_in: bool = False
    phone: PhoneReach = PhoneReach.UNKNOWN
    phone_heard: datetime | None = None
    ready_since: datetime | None = None
    active_at: datetime | None = None

    @property
    def engaged(self) -> bool:
        """At least one leg is live."""
        return bool(self.legs)

    def leg(self, leg_id: str) -> Leg | None:
        return next((leg for leg in self.legs if leg.id == leg_id), None)

    def with_mode(self, choice: Choice, cause: Cause, actor: int | None = None) -> "State":
        """The same state in mode `choice`; the mode's since restarts only when it differs."""
        if choice == self.mode:
            return self
        return replace(self, mode=choice, mode_since=self.at, mode_cause=cause, mode_actor=actor)
