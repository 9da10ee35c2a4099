"""What a telephony system reports, in Rollcall's words: the one form that every connector's
translator produces and `routing.intake` takes in.

A report names an agent's phone by `address`, as its telephony system does (for Asterisk a queue
member's interface). `at` is an aware UTC time; `id` is unique within the reporting system and the
same whenever the same thing is reported again, so that nothing counts twice.
"""

from dataclasses import dataclass
from datetime import datetime

from presence.events import CallKind, LegAction, PhoneReach


@dataclass(frozen=True, kw_only=True)
class Report:
    at: datetime
    id: str


@dataclass(frozen=True, kw_only=True)
class QueueSeen(Report):
    """The system has this queue."""

    queue: str


@dataclass(frozen=True, kw_only=True)
class MemberSeen(Report):
    """Someone is (`present`) or is no longer a member of a queue. `name` is their label there."""

    queue: str
    address: str
    name: str
    present: bool = True


@dataclass(frozen=True, kw_only=True)
class PhoneReported(Report):
    """Whether the phone is logged in to any queue, and reachable. None: nothing new of it."""

    address: str
    logged_in: bool | None = None
    reach: PhoneReach | None = None


@dataclass(frozen=True, kw_only=True)
class PauseReported(Report):
    """The member is paused in all of their queues, for `reason` (may be empty), or no longer is.

    `since` is when that began where a snapshot tells of it; None: it happened just now.
    """

    address: str
    paused: bool
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CallerReported(Report):
    """A caller joined a queue, or left it: answered, abandoned or otherwise gone."""

    queue: str
    interaction: str
    caller: str = ""
    joined: bool = True
    abandoned: bool = False


@dataclass(frozen=True, kw_only=True)
class LegReported(Report):
    """Something happened to one agent's part in a call. `estimated` is an end that nobody heard
    of, at the best-known time."""

    address: str
    leg: str
    interaction: str
    action: LegAction
    kind: CallKind
    queue: str = ""
    caller: str = ""
    estimated: bool = False


@dataclass(frozen=True, kw_only=True)
class CallGone(Report):
    """Nobody is left in this call, agent or not."""

    interaction: str


@dataclass(frozen=True, kw_only=True)
class CallerLeft(Report):
    """The customer hung up, and an agent's phone is still up in the call."""

    interaction: str


@dataclass(frozen=True)
class Picture:
    """Everything there is: live `legs`, interactions `waiting` in queues, and `calls` that have
    somebody in them. What is not named here is over."""

    legs: frozenset[str]
    waiting: frozenset[str]
    calls: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class SnapshotDone(Report):
    """Queues and members have been reported, and calls as `picture` has them; None where the system
    does not tell which calls there are."""

    picture: Picture | None = None
