"""What a simulation does when."""

import heapq
import itertools
from collections.abc import Callable


class Agenda:
    """A heap of things to do, by time. Times are seconds since the simulation began."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.now = 0.0

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` in so many seconds."""
        heapq.heappush(self._heap, (self.now + seconds, next(self._order), action))

    def run_due(self, now: float) -> None:
        """Do what is due by `now`, in order."""
        while self._heap and self._heap[0][0] <= now:
            self.now, _, action = heapq.heappop(self._heap)
            action()
        self.now = max(self.now, now)
