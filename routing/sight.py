"""What somebody may see and act on: everything, or what their limit lets them.

**The rule.** Whoever is bound by limits sees

- the agents of a limit's teams, and the members of its queues;
- the limit's queues, and those that agents of its teams serve;
- the limit's teams; of others the names, where they see somebody who is in them;
- the calls that were in one of these queues last, or in which one of these agents has a part.

Who is bound by several limits sees what any of them names. Who is bound by none sees everything,
and so does a superuser. `routing.limits` says the same to the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sight:
    """Teams and queues by primary key; they say nothing where it is not `limited`."""

    limited: bool = False
    teams: frozenset[int] = frozenset()
    queues: frozenset[int] = frozenset()

    def has_agent(self, team: int | None, queues: Iterable[int]) -> bool:
        """Whether an agent of this team, who serves these queues, is seen."""
        return not self.limited or team in self.teams or not self.queues.isdisjoint(queues)

    def has_team(self, team: int) -> bool:
        """Whether it is seen as a whole."""
        return not self.limited or team in self.teams


EVERYTHING = Sight()
NOTHING = Sight(limited=True)
