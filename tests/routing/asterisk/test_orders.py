"""What happens at once is said in no fixed order, and at times twice: the history is the same."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.connectors.asterisk.recording import Entry
from routing.reports import CallerReported, LegReported, MemberSeen, PauseReported
from tests.routing.asterisk.test_cuts import NAMES, Watcher

INSTANT = 0.006
"""Seconds: what comes closer together happens at once."""

FREE = ("QueueMemberStatus", "AgentComplete")
"""Queues say these when they come to it, before or after what channels say."""

KEYS = ("Uniqueid", "DestUniqueid", "BridgeUniqueid", "LocalOneUniqueid", "LocalTwoUniqueid")

History = tuple[dict[str, list[str]], Counter[tuple[object, ...]]]


def about(entry: Entry) -> set[str]:
    """The channels and bridges of which an event tells: their own order is kept."""
    message = entry.message
    if message.event in FREE:
        interface = message.get("Interface")
        return {f"{message.event} {interface} {message.get('Queue')}"}
    return {message.get(key) for key in KEYS} - {""}


def instants(entries: list[Entry]) -> list[list[Entry]]:
    found = [[entries[0]]]
    for before, entry in pairwise(entries):
        if entry.t - before.t < INSTANT and entry.t - found[-1][0].t < 3 * INSTANT:
            found[-1].append(entry)
        else:
            found.append([entry])
    return found


def mixed(entries: list[Entry], rng: random.Random, doubled: float) -> list[Entry]:
    """The entries in another order that Asterisk might say them in, some of them twice."""
    said: list[Entry] = []
    for instant in instants(entries):
        waiting = list(instant)
        while waiting:
            free = [
                n
                for n, entry in enumerate(waiting)
                if not any(about(entry) & about(before) for before in waiting[:n])
            ]
            entry = waiting.pop(rng.choice(free))
            now = Entry(entry.line, instant[0].t, entry.message)
            said += [now] * (2 if rng.random() < doubled else 1)
    return said


def history(watcher: Watcher, entries: list[Entry]) -> History:
    """What was done by each leg, in order, and what else was told, however often."""
    for entry in entries:
        watcher.hear(entry)
    watcher.settle(entries[-1].t + 60)
    legs: dict[str, list[str]] = {}
    others: Counter[tuple[object, ...]] = Counter()
    for report in watcher.reports:
        match report:
            case LegReported():
                legs.setdefault(report.leg, []).append(report.action.value)
            case CallerReported():
                others[report.interaction, report.joined, report.abandoned] += 1
            case PauseReported():
                others[report.address, report.paused, report.reason] += 1
            case MemberSeen():
                others[report.queue, report.address, report.present] += 1
    return legs, others


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 30), doubled=st.sampled_from([0, 0.3, 1]))
def test_b13_any_order_within_an_instant_gives_the_same_history(
    name: str, seed: int, doubled: float
) -> None:
    plain, other = Watcher(name), Watcher(name)
    said = mixed(other.entries, random.Random(seed), doubled)
    assert history(other, said) == history(plain, plain.entries)


def test_orders_differ() -> None:
    """The test above would prove nothing if nothing could change places."""
    entries = Watcher("rejected").entries
    orders = {tuple(e.line for e in mixed(entries, random.Random(n), 0)) for n in range(20)}
    assert len(orders) == 20
