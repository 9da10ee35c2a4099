"""Callers who ask for decisions at once: processes on PostgreSQL, threads on SQLite, which has one
writer anyway."""

import itertools
import multiprocessing
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.bare import bare
from routing.offers import offer

CALLERS = 8
_here = threading.local()


class Way(StrEnum):
    """Who decides."""

    ROLLCALL = "rollcall"
    BARE = "bare"


@dataclass(frozen=True)
class Taken:
    """What one caller's decisions took, each in seconds; began and ended on the machine's clock."""

    seconds: list[float]
    began: float
    ended: float


def several() -> Executor:
    """So many callers, who begin each round together."""
    if connection.vendor == "sqlite":
        return ThreadPoolExecutor(
            CALLERS, initializer=begin, initargs=(threading.Barrier(CALLERS),)
        )
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(CALLERS)
    return ProcessPoolExecutor(CALLERS, spawn, initializer=begin, initargs=(barrier,))


def begin(barrier: Any) -> None:
    """Make this thread a caller; `barrier` is passed when all of them are at it."""
    _here.barrier = barrier
    _here.ways = {Way.ROLLCALL: offer, Way.BARE: bare()}


def decide(way: Way, entry_ids: Sequence[int]) -> Taken:
    """Decide on these waits, one after the other. Raises `RuntimeError` where nobody was found."""
    _here.barrier.wait()
    moments = [time.perf_counter()]
    for entry_id in entry_ids:
        if _here.ways[way](entry_id, timezone.now()) != 1:
            raise RuntimeError(f"{way.value} found nobody for wait {entry_id}.")
        moments.append(time.perf_counter())
    seconds = [after - before for before, after in itertools.pairwise(moments)]
    return Taken(seconds, moments[0], moments[-1])
