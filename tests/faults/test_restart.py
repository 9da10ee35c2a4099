"""A web process that is told to end answers what it was asked before it does."""

import threading
from functools import partial

import psycopg

from tests.faults.changes import Changes
from tests.faults.conftest import Floor
from tests.ports import answers, free_port
from tests.waiting import until

LOCK = "SELECT 1 FROM presence_agentstate WHERE agent_id = %s FOR UPDATE"
WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '{}'"


def test_a_change_that_is_on_its_way_is_done_and_answered(floor: Floor, database: str) -> None:
    url = floor.cluster.web(port := free_port())
    agent, answered = floor.agents[0], list[bool]()
    asking = Changes(floor.key, [], [])
    thread = threading.Thread(target=lambda: answered.append(asking._ask(url, agent, "a note")))
    with psycopg.connect(floor.cluster.sql) as holder:
        holder.execute(LOCK, [agent])
        thread.start()
        until(lambda: floor.cluster.ask(WAITS.format(database)))
        floor.cluster.stop_web(port)
        until(partial(_ended, port))
        assert not answered
        holder.rollback()
    thread.join(20)
    assert answered == [True]
    floor.has({agent: ["a note"]})


def test_web_processes_that_are_started_anew_one_by_one_lose_nothing(floor: Floor) -> None:
    ports = [free_port(), free_port()]
    urls = [floor.cluster.web(port) for port in ports]
    floor.cluster.clock()
    with Changes(floor.key, floor.agents, urls) as changes:
        for port in ports:
            changes.wait_for(20)
            floor.cluster.stop_web(port)
            changes.wait_for(10)
            until(partial(_ended, port))
            floor.cluster.web(port)
        changes.wait_for(20)
    floor.has(changes.done)
    floor.cluster.prove(*urls)


def _ended(port: int) -> bool:
    return not answers(port)
