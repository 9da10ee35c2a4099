"""What the machine answers with."""

from dataclasses import dataclass

from presence.events import Cause, LegAction
from presence.state import Leg, Shown, State


@dataclass(frozen=True)
class Refused:
    """The event changed nothing: `code` for machines, `sentence` for people."""

    code: str
    sentence: str


@dataclass(frozen=True)
class LegChange:
    """A leg after the event; `ended` is how it ended, None while it lives.

    A leg in wrap-up has ended for its caller, and says so when wrap-up begins.
    """

    leg: Leg
    ended: LegAction | None = None


@dataclass(frozen=True)
class Decision:
    """What an event does: the state after it, or a refusal and the state as it was.

    `closed` is what showed until now, when that changed; `legs` are the legs that changed.
    """

    state: State
    changed: bool
    refused: Refused | None = None
    closed: Shown | None = None
    legs: tuple[LegChange, ...] = ()


@dataclass(frozen=True)
class Step:
    """A state on its way to being decided, and why it changed."""

    state: State
    cause: Cause
    actor: int | None = None
    legs: tuple[LegChange, ...] = ()
