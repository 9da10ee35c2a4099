"""What rules can watch, and which settings each kind of rule goes by."""

from enum import StrEnum


class Kind(StrEnum):
    LONG_STATUS = "long_status"
    GAP = "gap"
    FEW_READY = "few_ready"
    LONG_WAIT = "long_wait"
    SERVICE_LEVEL = "service_level"
    LINK_LOST = "link_lost"
    CONNECTION_LOST = "connection_lost"
    DEAD_CALL = "dead_call"


class Severity(StrEnum):
    WARNING = "warning"
    CRITICAL = "critical"


class Sound(StrEnum):
    NONE = "none"
    ONCE = "once"
    REPEAT = "repeat"


_SECONDS = {"warning_seconds", "critical_seconds"}

MAY_SET: dict[Kind, frozenset[str]] = {
    Kind.LONG_STATUS: frozenset({"status", "reason", "team", "queue"} | _SECONDS),
    Kind.GAP: frozenset({"queue", "only_when_waiting"} | _SECONDS),
    Kind.FEW_READY: frozenset({"queue", "team", "at_least", "only_when_waiting"} | _SECONDS),
    Kind.LONG_WAIT: frozenset({"queue"} | _SECONDS),
    Kind.SERVICE_LEVEL: frozenset(
        {"queue", "warning_percent", "critical_percent", "least_callers"}
    ),
    Kind.LINK_LOST: frozenset(_SECONDS),
    Kind.CONNECTION_LOST: frozenset({"team", "queue"} | _SECONDS),
    Kind.DEAD_CALL: frozenset({"team", "queue"} | _SECONDS),
}
"""The settings that a rule of each kind goes by; the others stay empty."""

REMEMBERED = frozenset(
    {Kind.GAP, Kind.FEW_READY, Kind.SERVICE_LEVEL, Kind.LINK_LOST, Kind.CONNECTION_LOST}
)
"""What no column says the beginning of: it is noted when it is first seen."""

ONE_STAY = frozenset({Kind.LONG_STATUS, Kind.DEAD_CALL})
"""What began anew is another breach, though nobody saw the end of the one before."""
