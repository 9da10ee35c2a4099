"""Agents over the API: what shows for them, whether they may have a call, their mode set."""

from typing import Any

import pytest

from presence import clock
from presence.events import Cause, DeviceKind
from presence.models import Agent, Transition
from presence.models.catalogue import ChosenBy
from presence.words import WHY_NOT
from routing import actions
from routing.models import Queue
from tests.api.program import Program
from tests.factories import (
    at,
    make_agent,
    make_queue,
    make_reason,
    make_team,
    make_tier,
    row_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(ada: Agent) -> Queue:
    return make_queue("sales", members=[ada], rollcall=True, wrap_up=None)


@pytest.fixture
def wrapping(program: Program, sales: Queue, ada: Agent) -> Agent:
    """Ada, in a wrap-up that lasts until she is done."""
    call = program.arrive("sales")
    program.tell(call, "answered", ada.pk)
    program.tell(call, "hung_up", ada.pk)
    return ada


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def codes(named: list[dict[str, str]]) -> list[str]:
    return [one["code"] for one in named]


def test_an_agent_is_shown_with_all_that_counts(program: Program, sales: Queue) -> None:
    team = make_team("Billing")
    eve = make_agent("Eve", mode="on_break", reason=make_reason().pk, team=team)
    make_tier(sales, [eve], 2)
    shown = program.get(f"/agents/{eve.pk}").json()
    assert shown == {
        "id": eve.pk,
        "name": "Eve",
        "username": eve.user.username,
        "team": {"id": team.pk, "name": "Billing"},
        "active": True,
        "status": {"code": "on_break", "label": "On Break"},
        "reason": "Lunch",
        "since": "2026-03-02T09:00:00Z",
        "cause": {"code": "connected", "label": "Connected"},
        "activity": None,
        "mode": {
            "status": {"code": "on_break", "label": "On Break"},
            "reason": "Lunch",
            "since": "2026-03-02T09:00:00Z",
        },
        "pending": None,
        "may_receive": False,
        "why_not": [{"code": "mode", "label": "Mode takes no calls"}],
        "legs": [],
        "devices": [
            {"kind": "webphone", "address": f"webphone/{eve.user.username}", "enabled": True}
        ],
        "queues": [{"id": sales.pk, "name": "sales", "opted_out": False}],
        "version": row_of(eve).version,
    }


def test_an_agents_part_in_a_call_is_shown(program: Program, sales: Queue, ada: Agent) -> None:
    body = {"external_id": "1", "queue": "sales", "caller": "020"}
    call = program.post("/interactions", body).json()
    program.tell(call, "answered", ada.pk)
    shown = program.get(f"/agents/{ada.pk}").json()
    assert (shown["status"]["code"], shown["activity"]["code"]) == ("on_call", "handling")
    (leg,) = shown["legs"]
    assert (leg["interaction"], leg["state"], leg["queue"], leg["caller"]) == (
        call["id"], "handling", "sales", "020",
    )  # fmt: skip


def test_agents_are_found(program: Program, sales: Queue, ada: Agent) -> None:
    eve = make_agent("Eve", mode="on_break", devices=[DeviceKind.SIP], team=make_team("Billing"))
    make_tier(sales, [ada], 2)
    make_agent("Gone", mode="available")
    Agent.objects.filter(name="Gone").update(active=False)

    def found(query: str) -> list[str]:
        return [item["name"] for item in program.get(f"/agents?{query}").json()["items"]]

    assert found("") == ["Ada", "Eve"]
    assert found(f"team={eve.team_id}") == ["Eve"]
    assert found("status=on_break") == ["Eve"]
    assert found(f"queue={sales.pk}") == ["Ada"]
    assert found("may_receive=true") == ["Ada"]
    assert found("may_receive=false") == ["Eve"]
    assert found(f"username={ada.user.username}") == ["Ada"]
    assert found(f"address=sip/{eve.user.username}") == ["Eve"]
    assert found(f"address=sip/{eve.user.username}&status=available") == []


def test_availability_names_every_cause_in_the_words_of_the_screens(
    program: Program, sales: Queue
) -> None:
    away = make_agent("Away", mode="on_break", connected=False)
    shown = program.get(f"/agents/{away.pk}/availability?queue={sales.pk}").json()
    assert shown["may_receive"] is False
    assert codes(shown["why_not"]) == ["mode", "not_present", "not_member"]
    labels = {code.value: label for code, label in WHY_NOT.items()}
    for cause in shown["why_not"] + shown["why_not_place"]:
        assert cause["label"] == labels[cause["code"]]
    assert (shown["may_place"], codes(shown["why_not_place"])) == (False, ["no_device"])


def test_a8_availability_is_asked_for_a_queue_a_kind_and_a_call(
    program: Program, sales: Queue, ada: Agent
) -> None:
    def ask(query: str) -> list[str]:
        answer = program.get(f"/agents/{ada.pk}/availability?{query}").json()
        assert answer["may_receive"] is (not answer["why_not"])
        return codes(answer["why_not"])

    assert ask(f"queue={sales.pk}") == ask("kind=campaign") == []
    call = program.arrive("sales")
    assert ask("") == ["engaged"]
    program.tell(call, "rejected", ada.pk)
    assert ask(f"interaction={call['id']}") == ["mode", "rejected"]
    assert ask("kind=direct") == []
    for wrong in ("queue=999", "interaction=999"):
        answer = program.get(f"/agents/{ada.pk}/availability?{wrong}")
        assert refusal(answer) == (422, f"unknown_{wrong.split('=')[0]}")


@pytest.mark.parametrize("reason", ["lunch", "the id", "note"])
def test_a_supervisors_program_sets_a_mode(program: Program, ada: Agent, reason: str) -> None:
    lunch = make_reason()
    given: dict[str, Any] = {
        "lunch": {"status": "on_break", "reason": "lunch"},
        "the id": {"status": "on_break", "reason": lunch.pk},
        "note": {"status": "on_break", "note": "Lunch"},
    }
    shown = program.put(f"/agents/{ada.pk}/mode", given[reason]).json()
    assert (shown["status"]["code"], shown["reason"]) == ("on_break", "Lunch")
    assert shown["cause"]["code"] == "supervisor"
    told = Transition.objects.filter(agent=ada).latest("version")
    assert (told.event, told.source) == ("Choose", "pbx")


@pytest.mark.parametrize("named", ["label", "id"])
def test_a_programs_reasons_are_those_that_supervisors_may_give(
    program: Program, ada: Agent, named: str
) -> None:
    def give(chosen_by: ChosenBy) -> Any:
        reason = make_reason(label=chosen_by.value)
        reason.chosen_by = chosen_by
        reason.save()
        given = reason.label if named == "label" else reason.pk
        return program.put(f"/agents/{ada.pk}/mode", {"status": "on_break", "reason": given})

    assert refusal(give(ChosenBy.AGENTS)) == (409, "unknown_reason")
    assert row_of(ada).mode_id == "available"
    assert give(ChosenBy.SUPERVISORS).json()["reason"] == "supervisors"
    assert give(ChosenBy.EVERYBODY).json()["reason"] == "everybody"


def test_c13_a_mode_set_during_a_call_waits(program: Program, wrapping: Agent) -> None:
    shown = program.put(f"/agents/{wrapping.pk}/mode", {"status": "busy"}).json()
    assert shown["status"]["code"] == "wrap_up"
    assert shown["pending"]["status"]["code"] == "busy"
    assert shown["pending"]["cause"]["code"] == Cause.SUPERVISOR.value
    assert codes(shown["why_not"]) == ["pending", "engaged"]
    shown = program.delete(f"/agents/{wrapping.pk}/pending").json()
    assert shown["pending"] is None
    assert program.delete(f"/agents/{wrapping.pk}/pending").status_code == 200


def test_an_immediate_mode_ends_wrap_up(program: Program, wrapping: Agent) -> None:
    body = {"status": "busy", "immediate": True}
    shown = program.put(f"/agents/{wrapping.pk}/mode", body).json()
    assert (shown["status"]["code"], shown["pending"], shown["legs"]) == ("busy", None, [])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"status": "on_call"}, 409, "not_selectable"),
        ({"status": "nonsense"}, 409, "not_selectable"),
        ({"status": "on_break", "reason": "Golf"}, 409, "unknown_reason"),
        ({"status": "on_break", "reason": 999}, 409, "unknown_reason"),
        ({"status": "on_break"}, 409, "reason_needed"),
        ({}, 422, "invalid"),
        ({"status": "busy", "note": "x" * 201}, 422, "invalid"),
        ({"status": "busy", "immediate": "yes"}, 422, "invalid"),
        ({"status": "nul\0"}, 422, "invalid"),
        ({"status": "busy", "reason": 10**40}, 422, "invalid"),
    ],
)
def test_a_mode_that_may_not_be_chosen_is_refused(
    program: Program, ada: Agent, body: Any, status: int, code: str
) -> None:
    lunch = make_reason()
    lunch.status.reason_policy = "required"
    lunch.status.save()
    assert refusal(program.put(f"/agents/{ada.pk}/mode", body)) == (status, code)
    assert row_of(ada).mode_id == "available"


def test_a_deactivated_agents_mode_is_not_set(program: Program, ada: Agent) -> None:
    Agent.objects.filter(pk=ada.pk).update(active=False)
    assert refusal(program.put(f"/agents/{ada.pk}/mode", {"status": "busy"})) == (409, "inactive")
    assert program.get(f"/agents/{ada.pk}").json()["active"] is False


@pytest.mark.parametrize("scope", ["supervise", "telephony"])
def test_d15_wrap_up_is_ended(program: Program, wrapping: Agent, scope: str) -> None:
    only = Program(scope)
    shown = only.post(f"/agents/{wrapping.pk}/wrap-up/done").json()
    by = {"supervise": "supervisor"}.get(scope, scope)
    assert (shown["status"]["code"], shown["cause"]["code"]) == ("available", by)
    answer = only.post(f"/agents/{wrapping.pk}/wrap-up/done")
    assert refusal(answer) == (409, "no_wrap_up")


def test_a_waiting_mode_applies_when_wrap_up_runs_out(program: Program, ada: Agent) -> None:
    make_queue("brief", members=[ada], rollcall=True, wrap_up=5)
    call = program.arrive("brief")
    program.tell(call, "answered", ada.pk)
    program.tell(call, "hung_up", ada.pk)
    program.put(f"/agents/{ada.pk}/mode", {"status": "busy"})
    clock.tick(at(10**9), actions.apply_all)
    assert program.get(f"/agents/{ada.pk}").json()["status"]["code"] == "busy"


def test_a8_an_agent_is_let_out_of_a_queue_and_in_again(
    program: Program, sales: Queue, ada: Agent
) -> None:
    path = f"/agents/{ada.pk}/queues/{sales.pk}"
    assert program.put(path, {"opted_out": True}).json()["queues"][0]["opted_out"] is True
    availability = program.get(f"/agents/{ada.pk}/availability?queue={sales.pk}").json()
    assert codes(availability["why_not"]) == ["opted_out"]
    assert program.put(path, {"opted_out": False}).json()["queues"][0]["opted_out"] is False
    other = make_queue("other")
    answer = program.put(f"/agents/{ada.pk}/queues/{other.pk}", {"opted_out": True})
    assert refusal(answer) == (409, "not_member")
    assert program.put(f"/agents/{ada.pk}/queues/999", {"opted_out": True}).status_code == 404


@pytest.mark.parametrize("number", ["999", str(2**63), str(10**30), "9" * 5000])
def test_an_agent_who_does_not_exist_is_a_404(program: Program, number: str) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/availability", None),
        ("PUT", "/mode", {"status": "busy"}),
        ("DELETE", "/pending", None),
        ("POST", "/wrap-up/done", None),
        ("PUT", f"/queues/{number}", {"opted_out": True}),
    ):
        answer = program.ask(method, f"/agents/{number}{path}", body)
        assert refusal(answer) == (404, "not_found"), path
