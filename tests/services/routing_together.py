"""Several processes and transactions at once, on the database that `DATABASE_URL` names.

`tests/on_postgresql.py` runs this on a real PostgreSQL.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from presence.events import Choice, Choose
from presence.models import Agent, AgentState
from routing import actions, reservations, transfers
from routing.calls import Origin
from routing.distribution import distribute
from routing.models import Interaction, Leg, Queue
from tests import databases
from tests.factories import call_in, happen, make_agent, make_queue, offers_of
from tests.routing.oracle import Picture, check_always
from tests.routing.told import check_told
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("committed")

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, LIVES = 8, 3


class Router:
    """A process at work (`tests/services/router.py`)."""

    def __init__(self) -> None:
        ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": settings.SECRET_KEY}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.router"],
            cwd=ROOT,
            env=os.environ | ours | {"DATABASE_URL": databases.url()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, *words: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def says(self) -> str:
        """Its next line. Fails where it has raised anything."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "a process gave up; its traceback is above"
        return line

    def result(self) -> Any:
        return json.loads(self.says())

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def routers(django_db_setup: None) -> Iterator[list[Router]]:
    """Processes that wait for something to do: starting them is what takes time."""
    processes = [Router() for _ in range(PROCESSES + LIVES)]
    for process in processes:
        assert process.says() == "ready\n"
    yield processes
    for process in processes:
        process.end()


def _agents(number: int) -> list[Agent]:
    with transaction.atomic():
        return [make_agent(mode="available") for _ in range(number)]


def test_a9_eight_processes_reserve_two_hundred_agents_once_each(routers: list[Router]) -> None:
    agents = _agents(200)
    queue = make_queue(members=agents, rollcall=True, ring=600)
    share = len(agents) // PROCESSES
    for number, router in enumerate(routers[:PROCESSES]):
        router.tell("reserve", queue.pk, number * share, share)
    reserved: dict[str, list[int]] = {}
    for router in routers[:PROCESSES]:
        reserved |= router.result()
    for name, found in reserved.items():
        if not found:  # another process had them in hand; the telephony asks again
            _, legs = reservations.reserve(Origin(timezone.now(), "pbx"), name, queue)
            found.extend(leg.agent_id for leg in legs)
    assert all(len(found) == 1 for found in reserved.values())
    assert sorted(found[0] for found in reserved.values()) == [agent.pk for agent in agents]
    assert Leg.objects.count() == len(agents)
    assert not AgentState.objects.filter(may_receive=True).exists()
    check_told()


def test_eight_processes_distribute_while_others_answer_and_turn_away(
    routers: list[Router],
) -> None:
    agents = _agents(40)
    queues = [make_queue(members=agents[first:][:30], rollcall=True) for first in (0, 10)]
    with transaction.atomic():
        for number in range(200):
            call_in(queues[number % 2])
    passing, living = routers[:PROCESSES], routers[PROCESSES:]
    for router in passing:
        router.tell("distribute")
    for seed, router in enumerate(living):
        router.tell("live", seed, 40)
    done = [router.result() for router in living]
    for router in passing:
        router.tell("stop")
    offers = sum(router.result() for router in passing)
    happened = {name for each in done for name, count in each.items() if count}
    assert happened >= {"answer", "hang_up", "choose", "give_up"}
    assert offers > len(agents)
    _check_end()


def _check_end() -> None:
    """With one pass more nobody waits whom somebody could have, and nothing is lost or doubled."""
    now = timezone.now()
    distribute(now)
    floor = Picture(now)
    check_always(floor)
    check_told()
    for wait in floor.waits:
        assert wait.interaction_id in floor.rings or not floor.anybody(wait)


class Beside(threading.Thread):
    """Something done in a transaction of its own, beside the test's."""

    def __init__(self, do: Callable[[], object]) -> None:
        super().__init__()
        self._do = do
        self.done = threading.Event()
        self.may_commit = threading.Event()
        self.offers = 0

    def run(self) -> None:
        with closing(connection):
            with transaction.atomic():
                self._do()
                self.done.set()
                self.may_commit.wait(20)
            self.offers = distribute(timezone.now()).offers

    def commit(self) -> None:
        self.may_commit.set()
        self.join(20)


@pytest.mark.parametrize("first", ["call", "agent"])
def test_a_call_and_an_agent_who_do_not_see_each_other_come_together(first: str) -> None:
    """Neither transaction sees what the other wrote; the pass after the second commit does."""
    ada = make_agent("Ada", mode="on_break")
    queue = make_queue(members=[ada], rollcall=True)
    comes = Beside(lambda: call_in(queue))
    returns = Beside(
        lambda: actions.apply(ada.pk, Choose(at=timezone.now(), choice=Choice("available")))
    )
    for each in (comes, returns):
        each.start()
        assert each.done.wait(20)
    earlier, later = (comes, returns) if first == "call" else (returns, comes)
    earlier.commit()
    later.commit()
    assert (earlier.offers, later.offers) == (0, 1)
    assert offers_of(Interaction.objects.get()) == ["Ada"]


def _talk_together(queue: Queue, ada: Agent, bob: Agent) -> Interaction:
    call = call_in(queue)
    distribute(timezone.now())
    happen(call, ada, "answered", 1)
    transfers.consult(call, ada, bob, Origin(timezone.now(), "pbx"))
    happen(call, bob, "answered", 2)
    transfers.confer(call, Origin(timezone.now(), "pbx"))
    return call


def test_of_two_who_leave_a_conference_at_once_the_second_ends_the_call() -> None:
    ada, bob = make_agent("Ada", mode="available"), make_agent("Bob", mode="available")
    call = _talk_together(make_queue(members=[ada], rollcall=True), ada, bob)
    leaves = Beside(lambda: happen(call, ada, "hung_up", 60))
    follows = Beside(lambda: happen(call, bob, "hung_up", 60))
    leaves.start()
    assert leaves.done.wait(20)
    follows.start()
    until(_somebody_waits_for_a_lock)
    leaves.commit()
    follows.commit()
    call.refresh_from_db()
    assert call.outcome == "handled"


def test_a_ring_and_its_answer_that_are_told_at_once_are_one_part() -> None:
    ada = make_agent("Ada", mode="available")
    call = call_in(make_queue(members=[ada]))
    rings = Beside(lambda: happen(call, ada, "offered", 1))
    answers = Beside(lambda: happen(call, ada, "answered", 2))
    rings.start()
    assert rings.done.wait(20)
    answers.start()
    until(_somebody_waits_for_a_lock)
    rings.commit()
    answers.commit()
    assert call.legs.get().state == "handling"


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
