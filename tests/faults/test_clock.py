"""Clocks that are set back and forward while people work."""

from datetime import timedelta
from pathlib import Path

from tests.faults.changes import Changes
from tests.faults.conftest import Floor
from tests.faults.test_killed import ENDED, SHORT_BREAKS
from tests.ports import free_port
from tests.waiting import until

STEP = 300.0
BACKWARDS = "SELECT 1 FROM presence_interval WHERE ended_at < started_at"


def test_g11_a_clock_that_is_set_leaves_no_gap_and_no_negative_time(
    floor: Floor, clock: Path
) -> None:
    urls = [floor.cluster.web(free_port()), floor.cluster.web(free_port())]
    floor.cluster.clock()
    try:
        with Changes(floor.key, floor.agents, urls) as changes:
            for seconds in (0, -STEP, 0, STEP, 0):
                clock.write_text(str(seconds))
                changes.wait_for(20)
    finally:
        clock.write_text("0")
    floor.has(changes.done)
    assert not floor.cluster.ask(BACKWARDS)
    floor.cluster.prove(*urls)


def test_a_timer_fires_once_and_dated_when_it_was_due_though_the_clock_was_set(
    floor: Floor, clock: Path
) -> None:
    url = floor.cluster.web(free_port())
    floor.cluster.clock()
    try:
        floor.cluster.do(SHORT_BREAKS)
        clock.write_text(str(STEP))
        until(lambda: len(floor.cluster.ask(ENDED)) == len(floor.agents))
    finally:
        clock.write_text("0")
    for began, ended in floor.cluster.ask(ENDED):
        assert ended - began == timedelta(seconds=3)
    floor.cluster.prove(url)
