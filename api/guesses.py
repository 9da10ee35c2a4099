"""Those who try keys that are none wait; those who hold one do not wait with them."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

LIMIT = 10
"""Wrong keys after which somebody waits."""
COOL_OFF = timedelta(minutes=5)
_MOST = 10_000  # remembered at once, so that strangers cannot fill the memory
_SHOWN = 15  # characters of a key that admins see, so that one may know them and guess the rest


@dataclass
class _Tries:
    count: int
    until: datetime


class Guesses:
    """Wrong keys of late, by who tried them, and by which key it was meant to be. Each server
    process counts its own."""

    def __init__(self) -> None:
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()
        self._lock = Lock()

    def at_this_key(self, address: str, text: str, now: datetime) -> int:
        """Seconds for which `address` may not try keys that begin as `text` does, right or not."""
        return self._wait((address, text[:_SHOWN]), now)

    def at_any(self, address: str, now: datetime) -> int:
        """Seconds for which wrong keys from `address` are too many."""
        return self._wait((address, ""), now)

    def wrong(self, address: str, text: str, now: datetime) -> None:
        with self._lock:
            for who in ((address, text[:_SHOWN]), (address, "")):
                tries = self._tries.pop(who, None)
                if tries is None or tries.until <= now:
                    tries = _Tries(0, now)
                self._tries[who] = _Tries(tries.count + 1, now + COOL_OFF)
            while len(self._tries) > _MOST:
                self._tries.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._tries.clear()

    def _wait(self, who: tuple[str, str], now: datetime) -> int:
        with self._lock:
            tries = self._tries.get(who)
        if tries is None or tries.count < LIMIT or tries.until <= now:
            return 0
        return max(1, round((tries.until - now).total_seconds()))


guesses = Guesses()
