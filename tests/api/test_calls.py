"""Calls told of over the API: they arrive, ring, are talked about, transferred and hung up."""

from typing import Any

import pytest

from presence.models import Agent, Transition
from routing.models import Destination, DirectNumber, Interaction, Queue
from tests.api.program import Program
from tests.factories import make_agent, make_queue, offers_of, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(ada: Agent) -> Queue:
    """A queue that Ada serves, where Rollcall decides; half a minute of wrap-up."""
    return make_queue("sales", members=[ada], rollcall=True, wrap_up=30)


@pytest.fixture
def call(program: Program, sales: Queue) -> Any:
    """A caller who rings at Ada."""
    return program.arrive("sales")


@pytest.fixture
def talk(program: Program, call: Any, ada: Agent) -> Any:
    """A caller who talks with Ada."""
    return program.tell(call, "answered", ada.pk).json()


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def states(call: Any) -> list[tuple[str, str]]:
    return [(leg["agent_name"], leg["state"]) for leg in call["legs"]]


def test_one_call_from_arrival_to_wrap_up(program: Program, sales: Queue, ada: Agent) -> None:
    arrived = program.post("/interactions", {"external_id": "1", "queue": "sales", "caller": "020"})
    call = arrived.json()
    assert arrived.status_code == 201
    assert arrived["Location"] == f"/api/v1/interactions/{call['id']}"
    assert (call["state"], call["caller"], states(call)) == ("offered", "020", [("Ada", "offered")])
    for kind, state, leg in (
        ("answered", "active", "handling"),
        ("held", "active", "on_hold"),
        ("resumed", "active", "handling"),
        ("hung_up", "wrap_up", "wrap_up"),
        ("wrap_up_done", "ended", "ended"),
    ):
        call = program.tell(call, kind, ada.pk).json()
        assert (call["state"], states(call)) == (state, [("Ada", leg)]), kind
    assert call["outcome"] == "handled"
    assert [span["state"] for span in call["legs"][0]["spans"]] == [
        "offered", "handling", "on_hold", "handling", "wrap_up",
    ]  # fmt: skip
    assert program.get(arrived["Location"]).json() == call


def test_a_call_for_whom_nobody_is_free_waits(program: Program, sales: Queue, ada: Agent) -> None:
    first, second = program.arrive("sales", "1"), program.arrive("sales", "2")
    assert (first["state"], second["state"]) == ("offered", "waiting")
    program.tell(first, "caller_left")
    assert offers_of(Interaction.objects.get(pk=second["id"])) == ["Ada"]


def test_a_call_on_an_agents_own_number_rings_there(program: Program, ada: Agent) -> None:
    DirectNumber.objects.create(number="4711", agent=ada)
    call = program.post("/interactions", {"external_id": "1", "number": "4711"}).json()
    assert (call["kind"], call["state"]) == ("direct", "offered")
    number = DirectNumber.objects.create(number="4712", agent=ada, active=False)
    answer = program.post("/interactions", {"external_id": "2", "number": number.number})
    assert refusal(answer) == (409, "number_inactive")


def test_an_agent_places_a_call(program: Program, ada: Agent) -> None:
    body = {"external_id": "1", "kind": "outbound", "agent": ada.pk, "called": "0800"}
    call = program.post("/interactions", body).json()
    assert (call["kind"], call["caller"], states(call)) == (
        "outbound", "0800", [("Ada", "dialing")],
    )  # fmt: skip
    assert states(program.tell(call, "answered", ada.pk).json()) == [("Ada", "handling")]


def test_an_interaction_is_told_of_once(program: Program, call: Any) -> None:
    answer = program.post("/interactions", {"external_id": "call", "queue": "sales"})
    assert refusal(answer) == (409, "already_known")


def test_a_deactivated_queue_takes_no_calls(program: Program) -> None:
    make_queue("shut", active=False)
    answer = program.post("/interactions", {"external_id": "1", "queue": "shut"})
    assert refusal(answer) == (409, "queue_inactive")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"queue": "nowhere"}, "unknown_queue"),
        ({"number": "1"}, "unknown_number"),
        ({"agent": 999, "kind": "outbound"}, "unknown_agent"),
        ({}, "invalid"),
        ({"queue": "sales", "number": "1"}, "invalid"),
        ({"agent": 1}, "invalid"),
        ({"queue": "sales", "kind": "outbound"}, "invalid"),
        ({"queue": "sales", "caller": "nul\0"}, "invalid"),
        ({"queue": "sales", "caller": "half \ud800"}, "invalid"),
        ({"queue": "sales", "priority": 10**30}, "invalid"),
        ({"queue": "sales", "external_id": "x" * 121}, "invalid"),
        ({"queue": "sales", "at": "2026-03-02T09:00:00"}, "invalid"),
        ({"queue": "sales", "at": "9999-12-31T23:59:59-14:00"}, "invalid"),
        ({"queue": "sales", "at": "0001-01-01T00:00:00+14:00"}, "invalid"),
        ({"queue": "sales", "at": 1700000000}, "invalid"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_in_words(
    program: Program, sales: Queue, changes: dict[str, Any], code: str
) -> None:
    answer = program.post("/interactions", {"external_id": "1"} | changes)
    assert refusal(answer) == (422, code)
    assert all(error["field"] and error["message"] for error in answer.json()["errors"])
    assert not Interaction.objects.exists()


def test_a_device_address_names_an_agent(program: Program, call: Any, ada: Agent) -> None:
    address = ada.devices.get().address
    assert program.tell(call, "answered", address=address).json()["state"] == "active"
    answer = program.tell(call, "held", address="nobody's")
    assert refusal(answer) == (422, "unknown_agent")


def test_b7_a_rejected_call_rings_at_the_next_agent(
    program: Program, sales: Queue, call: Any, ada: Agent, bob: Agent
) -> None:
    sales.ring_groups.get().memberships.create(agent=bob)
    call = program.tell(call, "rejected", ada.pk).json()
    assert states(call) == [("Ada", "ended"), ("Bob", "offered")]
    assert row_of(ada).shown_status_id == "busy"


def test_a_ring_that_the_telephony_ends_is_a_miss(program: Program, call: Any, ada: Agent) -> None:
    assert program.tell(call, "ring_timed_out", ada.pk).json()["state"] == "waiting"
    assert row_of(ada).shown_status_id == "no_answer"


def test_an_offer_withdrawn_costs_the_agent_nothing(
    program: Program, call: Any, ada: Agent
) -> None:
    call = program.tell(call, "withdrawn", ada.pk).json()
    assert call["legs"][0]["outcome"] == "withdrawn"
    assert row_of(ada).misses == 0


def test_the_telephony_may_ring_by_itself(program: Program, ada: Agent) -> None:
    make_queue("pbx", members=[ada])
    call = program.arrive("pbx")
    assert call["state"] == "waiting"
    assert program.tell(call, "offered", ada.pk).json()["state"] == "offered"
    assert program.tell(call, "answered", ada.pk).json()["state"] == "active"


def test_d4_a_consultation_rings_at_a_colleague(
    program: Program, talk: Any, ada: Agent, bob: Agent
) -> None:
    call = program.tell(talk, "consulting", ada.pk, to={"agent": bob.pk}).json()
    assert states(call) == [("Ada", "consulting"), ("Bob", "offered")]
    program.tell(talk, "answered", bob.pk)
    call = program.tell(talk, "conference").json()
    assert states(call) == [("Ada", "in_conference"), ("Bob", "in_conference")]
    call = program.tell(talk, "transferred", ada.pk, to={"agent": bob.pk}).json()
    assert states(call) == [("Ada", "wrap_up"), ("Bob", "handling")]


def test_a_consultation_with_somebody_outside_is_the_agents_alone(
    program: Program, talk: Any, ada: Agent
) -> None:
    call = program.tell(talk, "consulting", ada.pk, to={"number": "0800"}).json()
    assert states(call) == [("Ada", "consulting")]
    call = program.tell(talk, "resumed", ada.pk).json()
    assert states(call) == [("Ada", "handling")]


def test_d7_a_blind_transfer_rings_at_the_colleague(
    program: Program, talk: Any, ada: Agent, bob: Agent
) -> None:
    to = {"address": bob.devices.get().address}
    call = program.tell(talk, "transferred", ada.pk, to=to).json()
    assert states(call) == [("Ada", "wrap_up"), ("Bob", "offered")]


def test_a_transfer_to_a_queue_rings_there_at_once(
    program: Program, talk: Any, ada: Agent, bob: Agent
) -> None:
    make_queue("service", members=[bob], rollcall=True)
    call = program.tell(talk, "transferred", ada.pk, to={"queue": "service"}).json()
    assert (call["queue"], states(call)) == ("service", [("Ada", "wrap_up"), ("Bob", "offered")])
    assert [entry["queue"] for entry in call["entries"]] == ["sales", "service"]


@pytest.mark.parametrize("to", [{"number": "0800"}, None])
def test_a_transfer_to_a_number_ends_the_interaction(
    program: Program, talk: Any, ada: Agent, to: dict[str, str] | None
) -> None:
    call = program.tell(talk, "transferred", ada.pk, to=to).json()
    assert (call["state"], call["outcome"]) == ("wrap_up", "transferred")


@pytest.mark.parametrize("kind", ["caller_left", "hung_up"])
def test_b8_the_caller_hangs_up_first(program: Program, call: Any, ada: Agent, kind: str) -> None:
    call = program.tell(call, kind).json()
    assert (call["state"], call["outcome"]) == ("ended", "abandoned")
    assert row_of(ada).shown_status_id == "available"


def test_d17_a_caller_who_left_while_the_agents_phone_is_up_leaves_a_dead_call(
    program: Program, talk: Any, ada: Agent
) -> None:
    call = program.tell(talk, "caller_left", ends_call=False).json()
    assert (call["state"], call["ended_at"]) == ("active", None)
    assert call["caller_left_at"] is not None
    assert [leg["alone_since"] for leg in call["legs"]] == [call["caller_left_at"]]
    assert program.tell(call, "hung_up", ada.pk).json()["outcome"] == "handled"


def test_d12_a_supervisor_listens_and_the_call_goes_on_as_it_was(
    program: Program, talk: Any, ada: Agent
) -> None:
    boss = make_agent(mode="available")
    call = program.tell(talk, "monitoring", boss.pk).json()
    assert [leg["state"] for leg in call["legs"]] == ["handling", "monitoring"]
    shown = program.get(f"/agents/{boss.pk}").json()
    assert (shown["status"]["code"], shown["activity"]) == (
        "on_call",
        {"code": "monitoring", "label": "Monitoring"},
    )
    assert (shown["may_receive"], shown["why_not"][0]["code"]) == (False, "engaged")
    assert refusal(program.tell(call, "monitoring", ada.pk)) == (409, "not_possible")
    program.tell(call, "hung_up", boss.pk)
    assert row_of(boss).shown_status_id == "available"
    assert program.tell(call, "hung_up", ada.pk).json()["outcome"] == "handled"


def test_d12_who_listens_is_let_go_when_the_caller_leaves(program: Program, talk: Any) -> None:
    boss = make_agent(mode="available")
    program.tell(talk, "monitoring", boss.pk)
    assert program.tell(talk, "caller_left").json()["outcome"] == "handled"
    assert row_of(boss).shown_status_id == "available"


def test_g1_an_event_told_twice_counts_once(program: Program, call: Any, ada: Agent) -> None:
    for kind, agent in (("answered", ada.pk), ("held", ada.pk), ("caller_left", None)):
        first = program.tell(call, kind, agent, id=f"event {kind}")
        count = Transition.objects.count()
        second = program.tell(call, kind, agent, id=f"event {kind}")
        assert (first.status_code, second.status_code) == (200, 200), kind
        assert first.json() == second.json()
        assert Transition.objects.count() == count


def test_an_event_that_was_refused_may_be_told_again(
    program: Program, call: Any, ada: Agent
) -> None:
    assert refusal(program.tell(call, "held", ada.pk, id="1")) == (409, "not_possible")
    program.tell(call, "answered", ada.pk)
    assert program.tell(call, "held", ada.pk, id="1").json()["legs"][0]["state"] == "on_hold"


def test_g2_what_is_late_for_an_ended_interaction_changes_nothing(
    program: Program, call: Any, ada: Agent
) -> None:
    ended = program.tell(call, "caller_left").json()
    assert refusal(program.tell(call, "answered", ada.pk)) == (409, "leg_ended")
    assert refusal(program.tell(call, "caller_left")) == (409, "interaction_ended")
    assert program.get(f"/interactions/{call['id']}").json() == ended


def test_what_cannot_happen_is_a_409_with_its_sentence(
    program: Program, call: Any, ada: Agent, bob: Agent
) -> None:
    answer = program.tell(call, "held", ada.pk)
    assert refusal(answer) == (409, "not_possible")
    assert answer.json()["detail"] == "A call that is offered cannot be held."
    assert refusal(program.tell(call, "held", bob.pk)) == (409, "not_possible")
    assert refusal(program.tell(call, "conference")) == (409, "not_possible")


def test_a_refused_consultation_says_the_cause(program: Program, talk: Any, ada: Agent) -> None:
    busy = make_agent("Busy", mode="available")
    program.post("/interactions", {"external_id": "x", "kind": "outbound", "agent": busy.pk})
    answer = program.tell(talk, "consulting", ada.pk, to={"agent": busy.pk})
    assert refusal(answer) == (409, "engaged")
    assert answer.json()["causes"] == [{"code": "engaged", "label": "Engaged"}]
    assert states(program.get(f"/interactions/{talk['id']}").json()) == [("Ada", "handling")]


def test_g21_unknown_keys_are_ignored_and_unknown_types_are_told_of(
    program: Program, call: Any, ada: Agent
) -> None:
    assert program.tell(call, "answered", ada.pk, codec="opus").status_code == 200
    answer = program.tell(call, "sneezed", ada.pk)
    assert refusal(answer) == (422, "invalid")
    assert "wrap_up_done" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "answered"},
        {"type": "transferred", "agent": 1, "to": {}},
        {"type": "transferred", "agent": 1, "to": {"queue": "a", "number": "1"}},
        {"type": "answered", "agent": "1"},
        {"type": "answered", "agent": 1, "id": "nul\0"},
    ],
)
def test_an_event_that_makes_no_sense_is_a_422(program: Program, call: Any, body: Any) -> None:
    answer = program.post(f"/interactions/{call['id']}/events", body)
    assert refusal(answer) == (422, "invalid")


def test_an_event_about_nobody_known_is_a_422(program: Program, talk: Any, ada: Agent) -> None:
    assert refusal(program.tell(talk, "held", 999)) == (422, "unknown_agent")
    for to, code in (
        ({"agent": 2**62}, "unknown_agent"),
        ({"address": "none"}, "unknown_agent"),
        ({"queue": "none"}, "unknown_queue"),
    ):
        assert refusal(program.tell(talk, "transferred", ada.pk, to=to)) == (422, code)


def test_another_systems_calls_are_not_to_be_told_of(call: Any, ada: Agent) -> None:
    other = Program("read", "telephony", source="dialer")
    assert refusal(other.tell(call, "answered", ada.pk)) == (403, "other_source")
    assert other.get(f"/interactions/{call['id']}").status_code == 200


def test_interactions_are_found(program: Program, talk: Any, ada: Agent, sales: Queue) -> None:
    waiting = program.arrive("sales", "second")
    Destination.objects.create(kind="hang_up")

    def found(query: str) -> list[int]:
        return [item["id"] for item in program.get(f"/interactions?{query}").json()["items"]]

    assert found("") == [waiting["id"], talk["id"]]
    assert found("external_id=second") == [waiting["id"]]
    assert found(f"agent={ada.pk}") == [talk["id"]]
    assert found(f"queue={sales.pk}") == [waiting["id"], talk["id"]]
    program.tell(talk, "hung_up", ada.pk)
    assert found("open=true") == [waiting["id"]]
    assert found("open=false&agent=999") == []
