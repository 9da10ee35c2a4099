"""What has to wait for what else Asterisk says in the same instant."""

from collections.abc import Callable
from datetime import datetime, timedelta

from routing.reports import Report

SETTLE = timedelta(milliseconds=100)
"""One thing that happens at a phone comes as several messages, a few milliseconds apart, and which
of them comes first differs: so long no conclusion is drawn from half of them."""

LINGER = timedelta(seconds=1)
"""How long a consultation may outlive the call it was about before it counts as a call itself:
after a transfer both of the agent's channels go, one after the other."""

Conclusion = Callable[[], list[Report]]


class Deferred:
    """Conclusions that wait, each under a key of its own."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], tuple[datetime, timedelta, Conclusion]] = {}

    def put(
        self, key: tuple[str, str], since: datetime, conclude: Conclusion, wait: timedelta = SETTLE
    ) -> None:
        """Let `conclude` give its reports once `wait` has passed since `since`. What waits under
        `key` already keeps its place."""
        self._waiting.setdefault(key, (since, wait, conclude))

    def drop(self, key: tuple[str, str]) -> None:
        self._waiting.pop(key, None)

    def now(self, key: tuple[str, str]) -> list[Report]:
        """The reports of what waits under `key`, without waiting any longer."""
        waiting = self._waiting.pop(key, None)
        return waiting[2]() if waiting else []

    def due(self, at: datetime) -> list[Report]:
        """The reports of everything that has waited long enough by `at`. A clock that was set
        back counts as time passed."""
        keys = [key for key, (since, wait, _) in self._waiting.items() if abs(at - since) >= wait]
        return [report for key in keys for report in self.now(key)]
