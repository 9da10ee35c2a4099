"""Events that several threads apply at once: each one's outcome is as if it had come alone."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise

import pytest
from django.db import connection

from presence.actions import Outcome, Result
from presence.events import Cause, Choice, Choose, Event
from presence.models import AgentState, Interval, Transition
from routing import actions
from tests.factories import at, make_agent

MODES = ("on_break", "back_office", "available")


def _choose(number: int) -> Event:
    return Choose(at=at(number), choice=Choice(MODES[number % 3]), cause=Cause.AGENT)


@pytest.mark.usefixtures("committed")
def test_many_at_once_each_get_their_own_outcome_and_no_change_is_lost() -> None:
    agents = [make_agent(mode="available").pk for _ in range(8)]
    nobody = agents[-1] + 1000
    before = AgentState.objects.in_bulk(agents)

    def writer(agent: int) -> list[Outcome]:
        with closing(connection):
            found = [actions.apply(agent, _choose(number)) for number in range(12)]
            with pytest.raises(AgentState.DoesNotExist):
                actions.apply(nobody, _choose(0))
            return found

    with ThreadPoolExecutor(8) as pool:
        for agent, outcomes in zip(agents, pool.map(writer, agents), strict=True):
            assert {(one.agent_id, one.result) for one in outcomes} == {(agent, Result.APPLIED)}
            modes = [one.decision.state.mode.status for one in outcomes]
            assert modes == [MODES[number % 3] for number in range(12)]
    for agent, row in AgentState.objects.in_bulk(agents).items():
        assert row.version == before[agent].version + 12
        kept = Transition.objects.filter(agent=agent).order_by("version")
        assert list(kept.values_list("version", flat=True)) == list(range(2, row.version + 1))
        spans = list(Interval.objects.filter(agent=agent).order_by("version"))
        assert all(one.ended_at == then.started_at for one, then in pairwise(spans))
