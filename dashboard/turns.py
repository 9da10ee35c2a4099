"""Who is read next: those who changed, batches after single ones, then those whose page came back,
as far as time allows."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

FEW = 5
"""Agents who change together and are told of before any batch: a call moves no more."""
CHANGED = 200
"""Agents who changed in one frame, so that a thousand who change at once delay no single change."""
LONG = 0.05
"""Seconds that a frame may take for pages that came back: watchers wait for no more."""
FIRST, FEWEST, MOST = 40, 20, 200
"""Pages that came back in the first such frame; and in any, however long the last took."""


@dataclass(frozen=True)
class Turn:
    """The agents of one frame: those who changed by themselves or with few others, those who did
    with many, and those who get their bar, changed or not."""

    alone: frozenset[int] = frozenset()
    together: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()

    @property
    def changed(self) -> frozenset[int]:
        return self.alone | self.together

    @property
    def ids(self) -> frozenset[int]:
        return self.changed | self.back


class Turns:
    """Three lines, each in the order in which agents came. A page that comes back changes its
    agent, for it is their webphone, and a floor's are written in batches: whoever waits for their
    bar is told of with it, once."""

    def __init__(self) -> None:
        self._alone: dict[int, None] = {}
        self._together: dict[int, None] = {}
        self._back: dict[int, None] = {}
        self._portion = FIRST

    def __bool__(self) -> bool:
        return bool(self._alone or self._together or self._back)

    @property
    def changes(self) -> bool:
        """Whether somebody waits who changed."""
        return bool(self._alone or self._together)

    def changed(self, agent_ids: Collection[int]) -> None:
        """These changed at once."""
        if len(agent_ids) <= FEW:
            self._alone |= dict.fromkeys(agent_ids)
        else:
            self._together |= dict.fromkeys(id_ for id_ in agent_ids if id_ not in self._back)

    def came_back(self, agent_id: int) -> None:
        self._back[agent_id] = None

    def take(self) -> Turn:
        alone = _take(self._alone, CHANGED)
        together = _take(self._together, CHANGED - len(alone))
        return Turn(alone, together, _take(self._back, self._portion))

    def give_back(self, turn: Turn) -> None:
        """It could not be read: first in line again."""
        self._alone = dict.fromkeys(turn.alone) | self._alone
        self._together = dict.fromkeys(turn.together) | self._together
        self._back = dict.fromkeys(turn.back) | self._back

    def took(self, turn: Turn, seconds: float) -> None:
        """Learn from how long a turn took how many pages the next has time for."""
        if turn.back:
            fit = int(len(turn.back) * LONG / max(seconds, 0.001))
            self._portion = min(max(fit, FEWEST), MOST)


def _take(line: dict[int, None], count: int) -> frozenset[int]:
    taken = frozenset(islice(line, count))
    for id_ in taken:
        del line[id_]
    return taken
