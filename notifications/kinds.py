"""What agents are notified of and where, and which of it they want. Pure."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is about."""

    MISSED_CALL = "missed_call"
    SUPERVISOR = "supervisor"  # what others did to the agent
    PENDING_APPLIED = "pending_applied"
    OVER_LONG = "over_long"
    IDLE = "idle"  # the mode is about to end for want of a sign of the agent


class Channel(StrEnum):
    """Where a notice goes. The last three are sent, by mail or through a gateway."""

    IN_APP = "in_app"
    DESKTOP = "desktop"
    EMAIL = "email"
    MOBILE = "mobile"
    TEXT = "text"


ON_AT_FIRST = frozenset({Channel.IN_APP, Channel.DESKTOP})
SENT = frozenset({Channel.EMAIL, Channel.MOBILE, Channel.TEXT})
GATEWAYS = frozenset({Channel.MOBILE, Channel.TEXT})

SENDABLE = timedelta(minutes=15)
"""What is older when it is found, after an outage, is listed but not sent."""
NOTED = timedelta(days=1)
"""What is older still is not even listed."""

Chosen = Mapping[str, Collection[str]]
"""The channels that a person chose for a kind, both by value. A kind that is missing is as at
first, and so is every kind that a later version adds."""


def wanted(chosen: Chosen, kind: Kind) -> frozenset[Channel]:
    """Where this person wants notices of this kind."""
    if kind not in chosen:
        return ON_AT_FIRST
    return frozenset(channel for channel in Channel if channel in chosen[kind])


def channels(chosen: Chosen, kind: Kind, age: timedelta, *, off: bool) -> frozenset[Channel]:
    """Where a notice goes that is this old; `off` is the master switch."""
    if off or age > NOTED:
        return frozenset()
    found = wanted(chosen, kind)
    return found if age <= SENDABLE else found & {Channel.IN_APP}
