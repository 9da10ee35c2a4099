"""Bringing what was counted of each agent into the lines that were asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from presence.models import Agent
from reports.sheet import Line, Tally
from reports.wish import BY_TIME, By, Wish
from routing import limits
from routing.models import Membership


@dataclass(frozen=True, slots=True)
class Count:
    """So many of one thing, or so many microseconds, of one agent (None: of all together)."""

    agent: int | None
    bucket: int
    code: str
    number: int
    open: bool = False


Key = tuple[str, int, int]
"""A line's name, a primary key that tells those of one name apart, and a bucket's number."""


def gather(wish: Wish, counts: Iterable[Count]) -> tuple[tuple[Line, ...], Tally]:
    """The lines, people and places by name and times in order, and the total, in which one who is
    in several lines counts once. Who has no team, or serves no queue, is in the line ""."""
    names = _names(wish)
    tallies: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    running: set[Key] = set()
    for one in counts:
        total[one.code] += one.number
        for name, pk in names.get(one.agent, _UNKNOWN):
            key = name, pk, one.bucket
            tallies[key][one.code] += one.number
            if one.open:
                running.add(key)
    return lines(wish, tallies, running), total


def lines(
    wish: Wish, tallies: Mapping[Key, Tally], running: Iterable[Key] = ()
) -> tuple[Line, ...]:
    """Lines of what was counted by name and bucket."""
    timed = wish.by in BY_TIME or wish.by is By.AGENT_DAY
    borders, running = wish.borders(), frozenset(running)
    return tuple(
        Line(key[0], borders[key[2]] if timed else None, tallies[key], key in running)
        for key in sorted(tallies, key=lambda key: (key[0].casefold(), *key[1:]))
    )


_UNKNOWN = (("", 0),)


def _names(wish: Wish) -> dict[int | None, tuple[tuple[str, int], ...]]:
    """The lines that each agent's figures go to."""
    agents = Agent.objects.order_by()
    if wish.by in {By.AGENT, By.AGENT_DAY}:
        return {pk: ((name, pk),) for pk, name in agents.values_list("pk", "name")}
    if wish.by is By.TEAM:
        found = agents.filter(team__isnull=False).values_list("pk", "team__name", "team")
        return {pk: ((name, team),) for pk, name, team in found}
    if wish.by is By.QUEUE:
        return _queues(wish)
    return {}


def _queues(wish: Wish) -> dict[int | None, tuple[tuple[str, int], ...]]:
    seen = limits.queues(wish.sight, "ring_group__queue")
    members = Membership.objects.filter(seen).order_by()
    if wish.queue:
        members = members.filter(ring_group__queue=wish.queue)
    served: defaultdict[int | None, set[tuple[str, int]]] = defaultdict(set)
    queue = "ring_group__queue__name", "ring_group__queue"
    for agent, name, pk in members.values_list("agent", *queue):
        served[agent].add((name, pk))
    return {agent: tuple(found) for agent, found in served.items()}
