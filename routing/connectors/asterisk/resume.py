"""Legs that were reported before this process began."""

from dataclasses import dataclass
from datetime import datetime

from presence.events import CallKind, LegAction
from presence.state import LegState
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.members import Member

_STAGES = {
    LegState.OFFERED: Stage.RINGING,
    LegState.DIALING: Stage.DIALING,
    LegState.MONITORING: Stage.MONITORING,
}
_SHOWN = {
    LegState.ON_HOLD: LegAction.HELD,
    LegState.CONSULTING: LegAction.CONSULTED,
    LegState.IN_CONFERENCE: LegAction.CONFERENCED,
}


@dataclass(frozen=True)
class LiveLeg:
    """A leg as it was reported last, `since` it began, at the phone `address`."""

    address: str
    leg: str
    interaction: str
    kind: CallKind
    state: LegState
    since: datetime
    queue: str = ""
    caller: str = ""


def resumed(live: LiveLeg, member: Member) -> Leg:
    """The leg, to be followed on. It is named for its first channel, but for one that only a
    snapshot told of."""
    guessed = "@" in live.leg.removesuffix(f":{live.address}")
    channel = "" if guessed else live.leg.partition(":")[0]
    return Leg(
        id=live.leg,
        member=member,
        kind=live.kind,
        interaction=live.interaction,
        stage=_STAGES.get(live.state, Stage.TALKING),
        since=live.since,
        queue=live.queue,
        caller=live.caller,
        main=channel,
        channels={channel} - {""},
        devices={member.person},
        guessed=guessed,
        held=live.state is LegState.ON_HOLD,
        shown=_SHOWN.get(live.state, LegAction.RESUMED),
    )
