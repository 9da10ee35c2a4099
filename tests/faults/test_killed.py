"""Parts that are killed in the middle of their work: nothing is lost, doubled, or left behind."""

from datetime import timedelta

from tests.faults.changes import Changes
from tests.faults.conftest import Floor
from tests.faults.pages import pages
from tests.ports import free_port
from tests.waiting import until

SHORT_BREAKS = """
Status.objects.filter(code="back_office").update(max_seconds=3, after_maximum="busy")
for state in AgentState.objects.order_by("agent_id"):
    apply(state.agent_id, Choose(at=timezone.now(), choice=Choice("back_office")))
"""
ENDED = """
SELECT started_at, ended_at FROM presence_interval WHERE status_id = 'back_office' ORDER BY agent_id
"""
CONNECTED = "SELECT 1 FROM presence_agentstate WHERE webphone = 'connected'"


def test_a_web_process_that_is_killed_loses_no_change_and_doubles_none(floor: Floor) -> None:
    one, other = free_port(), free_port()
    urls = [floor.cluster.web(one), floor.cluster.web(other)]
    floor.cluster.clock()
    with Changes(floor.key, floor.agents, urls) as changes:
        changes.wait_for(40)
        floor.cluster.kill_web(one)
        changes.wait_for(40)
        floor.cluster.web(one)
        changes.wait_for(40)
    assert changes.failed
    floor.has(changes.done)
    floor.cluster.prove(*urls)


def test_e9_pages_of_a_killed_web_process_are_no_ghosts_and_come_back_elsewhere(
    floor: Floor,
) -> None:
    one, other = free_port(), free_port()
    floor.cluster.web(one)
    url = floor.cluster.web(other)
    floor.cluster.clock()
    with pages(floor, one):
        until(lambda: len(floor.cluster.ask(CONNECTED)) == len(floor.agents))
        floor.cluster.kill_web(one)
    back = floor.agents[:5]
    with pages(floor, other, back):
        until(lambda: len(floor.cluster.ask(CONNECTED)) == len(back))
        floor.cluster.prove(url)


def test_what_was_due_while_no_clock_ran_fires_once_and_dated_when_it_was_due(
    floor: Floor,
) -> None:
    """Two clocks at once, as by mistake, fire it once too."""
    url = floor.cluster.web(free_port())
    killed = floor.cluster.clock()
    floor.cluster.do(SHORT_BREAKS)
    floor.cluster.kill(killed)
    floor.cluster.wait_until_due()
    assert not floor.cluster.ask(ENDED)
    floor.cluster.clock()
    floor.cluster.clock()
    until(lambda: len(floor.cluster.ask(ENDED)) == len(floor.agents))
    for began, ended in floor.cluster.ask(ENDED):
        assert ended - began == timedelta(seconds=3)
    floor.cluster.prove(url)
