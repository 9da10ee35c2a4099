"""Who is read next: those who changed, then those whose page came back, as far as time allows."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

CHANGED = 200
"""Agents read in one frame, so that a thousand who change at once delay no single change."""
LONG = 0.05
"""Seconds that a frame may take for pages that came back: watchers wait for no more."""
FEWEST, MOST = 40, 200
"""Pages that came back in one frame, however long the last took."""


@dataclass(frozen=True)
class Turn:
    """The agents of one frame; `back` are those who get their bar, changed or not."""

    changed: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()

    @property
    def ids(self) -> frozenset[int]:
        return self.changed | self.back


class Turns:
    """Two lines, each in the order in which agents came. A page that comes back changes its agent,
    for it is their webphone: whoever waits for their bar is told of with it, once."""

    def __init__(self) -> None:
        self._changed: dict[int, None] = {}
        self._back: dict[int, None] = {}
        self._portion = FEWEST

    def __bool__(self) -> bool:
        return bool(self._changed or self._back)

    @property
    def changes(self) -> bool:
        """Whether somebody waits who changed."""
        return bool(self._changed)

    def changed(self, agent_ids: Iterable[int]) -> None:
        self._changed |= dict.fromkeys(id_ for id_ in agent_ids if id_ not in self._back)

    def came_back(self, agent_id: int) -> None:
        self._back[agent_id] = None

    def take(self) -> Turn:
        turn = Turn(
            frozenset(islice(self._changed, CHANGED)), frozenset(islice(self._back, self._portion))
        )
        for id_ in turn.changed:
            del self._changed[id_]
        for id_ in turn.back:
            del self._back[id_]
        return turn

    def give_back(self, turn: Turn) -> None:
        """It could not be read: first in line again."""
        self._changed = dict.fromkeys(turn.changed) | self._changed
        self._back = dict.fromkeys(turn.back) | self._back

    def took(self, turn: Turn, seconds: float) -> None:
        """Learn from how long a turn took how many pages the next has time for."""
        if turn.back:
            fit = int(len(turn.back) * LONG / max(seconds, 0.001))
            self._portion = min(max(fit, FEWEST), MOST)
