"""A write under an idempotency key is done once and answered alike, whatever happens meanwhile."""

import json
import threading
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from api import idempotency
from api.models import KeptAnswer, TakenEvent
from presence.models import Agent, Transition
from routing import distribution
from routing.models import Interaction, Queue
from tests.api.program import SCOPES, Program
from tests.factories import make_agent, make_queue, row_of

ARRIVAL = {"external_id": "1", "queue": "sales"}


@pytest.fixture
def sales(ada: Agent) -> Queue:
    return make_queue("sales", members=[ada], rollcall=True)


def plain(answer: Any) -> tuple[int, Any, str | None]:
    return answer.status_code, answer.json(), answer.get("Location")


@pytest.mark.django_db
def test_the_same_key_twice_is_one_effect_and_one_answer(
    program: Program, sales: Queue, ada: Agent
) -> None:
    first = program.post("/interactions", ARRIVAL, idempotency_key="a")
    call = first.json()
    program.tell(call, "answered", ada.pk)
    second = program.post("/interactions", ARRIVAL, idempotency_key="a")
    assert plain(first) == plain(second)
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Interaction.objects.count() == 1


@pytest.mark.django_db
def test_every_write_takes_a_key(program: Program, sales: Queue, ada: Agent) -> None:
    call = program.post("/interactions", ARRIVAL).json()
    writes: list[tuple[str, str, Any]] = [
        ("POST", f"/interactions/{call['id']}/events", {"type": "answered", "agent": ada.pk}),
        ("POST", f"/queues/{sales.pk}/reservations", {"external_id": "2"}),
        ("PUT", f"/agents/{ada.pk}/mode", {"status": "busy"}),
        ("DELETE", f"/agents/{ada.pk}/pending", None),
        ("PUT", f"/agents/{ada.pk}/queues/{sales.pk}", {"opted_out": True}),
        ("POST", f"/agents/{ada.pk}/wrap-up/done", None),
    ]
    for number, (method, path, body) in enumerate(writes):
        first = program.ask(method, path, body, idempotency_key=str(number))
        version, count = row_of(ada).version, Transition.objects.count()
        second = program.ask(method, path, body, idempotency_key=str(number))
        assert plain(first) == plain(second), path
        assert second["Idempotency-Replayed"] == "true"
        assert (row_of(ada).version, Transition.objects.count()) == (version, count), path


@pytest.mark.django_db
@pytest.mark.parametrize("changed", ["body", "path", "method"])
def test_the_same_key_with_another_request_is_a_422(
    program: Program, ada: Agent, bob: Agent, changed: str
) -> None:
    program.put(f"/agents/{ada.pk}/mode", {"status": "busy"}, idempotency_key="a")
    answer = {
        "body": lambda: program.put(
            f"/agents/{ada.pk}/mode", {"status": "offline"}, idempotency_key="a"
        ),
        "path": lambda: program.put(
            f"/agents/{bob.pk}/mode", {"status": "busy"}, idempotency_key="a"
        ),
        "method": lambda: program.delete(f"/agents/{ada.pk}/pending", idempotency_key="a"),
    }[changed]()
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert (row_of(ada).mode_id, row_of(bob).mode_id) == ("busy", "available")


@pytest.mark.django_db
def test_two_programs_may_use_the_same_key(program: Program, ada: Agent, bob: Agent) -> None:
    other = Program(*SCOPES)
    program.put(f"/agents/{ada.pk}/mode", {"status": "busy"}, idempotency_key="a")
    other.put(f"/agents/{bob.pk}/mode", {"status": "busy"}, idempotency_key="a")
    assert (row_of(ada).mode_id, row_of(bob).mode_id) == ("busy", "busy")


@pytest.mark.django_db
def test_a_refusal_is_kept_and_leaves_nothing_else(
    program: Program, sales: Queue, ada: Agent
) -> None:
    call = program.post("/interactions", ARRIVAL).json()
    path, body = f"/interactions/{call['id']}/events", {"type": "held", "agent": ada.pk, "id": "e"}
    first = program.post(path, body, idempotency_key="a")
    assert first.status_code == 409
    assert not TakenEvent.objects.exists()
    program.tell(call, "answered", ada.pk)
    second = program.post(path, body, idempotency_key="a")
    assert plain(first) == plain(second)
    assert second["Content-Type"] == "application/problem+json"
    assert second["Idempotency-Replayed"] == "true"


@pytest.mark.django_db
def test_what_was_not_understood_does_not_use_a_key_up(program: Program, sales: Queue) -> None:
    assert program.post("/interactions", {}, idempotency_key="a").status_code == 422
    assert program.post("/interactions", ARRIVAL, idempotency_key="a").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tbed", "nué"])
def test_a_key_that_is_none_is_a_422(program: Program, ada: Agent, key: str) -> None:
    answer = program.put(f"/agents/{ada.pk}/mode", {"status": "busy"}, idempotency_key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")
    assert row_of(ada).mode_id == "available"


@pytest.mark.django_db
def test_a_key_is_kept_for_a_day_and_then_free(program: Program, sales: Queue, ada: Agent) -> None:
    program.put(f"/agents/{ada.pk}/mode", {"status": "busy"}, idempotency_key="a")
    call = program.post("/interactions", ARRIVAL).json()
    program.tell(call, "caller_left", id="e")
    idempotency.purge(timezone.now() + timedelta(hours=23))
    assert (KeptAnswer.objects.count(), TakenEvent.objects.count()) == (1, 1)
    idempotency.purge(timezone.now() + timedelta(hours=25))
    assert (KeptAnswer.objects.count(), TakenEvent.objects.count()) == (0, 0)
    program.put(f"/agents/{ada.pk}/mode", {"status": "offline"}, idempotency_key="a")
    assert row_of(ada).mode_id == "offline"


@pytest.mark.django_db
def test_a_write_forgets_old_keys_on_the_way_once_an_hour(program: Program, ada: Agent) -> None:
    cache.clear()
    for key, left in (("a", {"a"}), ("b", {"a", "b"}), ("c", {"c"})):
        program.delete(f"/agents/{ada.pk}/pending", idempotency_key=key)
        assert set(KeptAnswer.objects.values_list("idempotency_key", flat=True)) == left
        if key == "b":
            KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
            cache.clear()


@pytest.mark.django_db
def test_a_write_without_a_key_forgets_old_events_on_the_way(
    program: Program, sales: Queue
) -> None:
    cache.clear()
    call = program.post("/interactions", ARRIVAL).json()
    program.tell(call, "caller_left", id="e")
    TakenEvent.objects.update(at=timezone.now() - timedelta(hours=25))
    cache.clear()
    program.post("/interactions", ARRIVAL | {"external_id": "2"})
    assert not TakenEvent.objects.exists()


@pytest.mark.usefixtures("committed")
def test_a_crash_before_the_effect_leaves_the_key_free() -> None:
    program = Program(*SCOPES)
    make_queue("sales", rollcall=True)
    with connection.cursor() as cursor:  # the database fails in the middle of the effect
        cursor.execute("ALTER TABLE routing_queueentry RENAME TO gone")
    try:
        crashed = program.post("/interactions", ARRIVAL, idempotency_key="a")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gone RENAME TO routing_queueentry")
    assert (crashed.status_code, crashed.json()["code"]) == (500, "failed")
    assert (Interaction.objects.count(), KeptAnswer.objects.count()) == (0, 0)
    again = program.post("/interactions", ARRIVAL, idempotency_key="a")
    assert (again.status_code, "Idempotency-Replayed" in again) == (201, False)


@pytest.mark.usefixtures("committed")
def test_a_crash_after_the_effect_is_answered_the_next_time() -> None:
    """The effect and its key are there; the answer was never read, nor sent."""
    program = Program(*SCOPES)
    make_queue("sales", members=[make_agent("Ada", mode="available")], rollcall=True)
    first = program.post("/interactions", ARRIVAL, idempotency_key="a")
    KeptAnswer.objects.update(status=None, body="", location="")
    second = program.post("/interactions", ARRIVAL, idempotency_key="a")
    assert plain(first) == plain(second)
    assert Interaction.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_the_same_key_from_several_at_once_is_one_effect_and_one_answer() -> None:
    program = Program(*SCOPES)
    ada = make_agent("Ada", mode="available")
    make_queue("sales", members=[ada], rollcall=True)
    answers = at_once(6, lambda: plain(program.post("/interactions", ARRIVAL, idempotency_key="a")))
    assert Interaction.objects.count() == 1
    assert {json.dumps(answer) for answer in answers} == {json.dumps(answers[0])}
    assert answers[0][0] == 201
    (leg,) = answers[0][1]["legs"]
    assert (leg["agent_name"], leg["state"]) == ("Ada", "offered")


@pytest.mark.usefixtures("committed")
def test_g1_the_same_event_from_several_at_once_counts_once() -> None:
    program = Program(*SCOPES)
    ada = make_agent("Ada", mode="available")
    make_queue("sales", members=[ada], rollcall=True)
    call = program.post("/interactions", ARRIVAL).json()
    answers = at_once(6, lambda: program.tell(call, "answered", ada.pk, id="e").status_code)
    assert answers == [200] * 6
    assert Transition.objects.filter(event="LegEvent", source="pbx").count() == 1


@pytest.mark.usefixtures("committed")
def test_many_writers_at_once_all_get_their_answer() -> None:
    """Distribution holds no writer's locks, so nobody waits in a circle."""
    program = Program(*SCOPES)
    agents = [make_agent(f"Agent {number}", mode="available") for number in range(6)]
    make_queue("sales", members=agents, rollcall=True, wait_when_withdrawn=60)
    numbers = iter(range(100))

    def live() -> int:
        name = f"call {next(numbers)}"
        call = program.arrive("sales", name)
        for kind in ("answered", "hung_up"):
            for leg in program.get(f"/interactions/{call['id']}").json()["legs"]:
                program.tell(call, kind, leg["agent"])
        answer = program.tell(call, "caller_left")
        return int(answer.status_code)

    assert set(at_once(8, live)) <= {200, 409}
    assert not Interaction.objects.filter(ended_at=None).exists()
    assert distribution.distribute(timezone.now()).offers == 0


def at_once(number: int, ask: Any) -> list[Any]:
    """What so many threads are answered that ask together."""
    answers: list[Any] = []
    start = threading.Barrier(number)

    def run() -> None:
        with closing(connection):
            start.wait(10)
            answers.append(ask())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == number
    return answers
