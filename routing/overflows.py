"""Whether callers who overflow come back to where they were: a pure walk along the queues."""

from collections import deque
from collections.abc import Iterable, Mapping


def way(routes: Mapping[int, Iterable[int]], start: int, goal: int) -> list[int]:
    """The shortest way from `start` to `goal`, both included, where `routes` says what each leads
    to. Empty: there is none."""
    ways = deque([[start]])
    seen = {start}
    while ways:
        walked = ways.popleft()
        if walked[-1] == goal:
            return walked
        for following in routes.get(walked[-1], ()):
            if following not in seen:
                seen.add(following)
                ways.append([*walked, following])
    return []
