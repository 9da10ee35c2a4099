"""A supervisor acts on several agents at once."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.acts import ACTS
from dashboard.views import selection
from presence.events import LegAction
from presence.models import Agent, Status
from routing.actions import apply
from tests.factories import (
    call_of,
    leg_event,
    make_agent,
    make_interaction,
    make_reason,
    make_team,
    make_user,
    row_of,
    supervising,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    user = make_user("sam")
    user.user_permissions.add(*supervising())
    return user


@pytest.fixture
def board(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def send(board: Client, agents: list[Agent], **fields: str) -> HttpResponse:
    ids = ",".join(str(agent.pk) for agent in agents)
    return board.post(reverse("selection"), {"agent": ids, **fields})  # type: ignore[return-value]


def talk(agent: Agent, *, wrap_up: int | None = 0) -> None:
    about = call_of(make_interaction(), wrap_up=wrap_up)
    for action in (LegAction.OFFERED, LegAction.ANSWERED):
        apply(agent.pk, leg_event(action, 1, call=about, source="test"))


def words(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"</?b>", "", answer.content.decode()).split())


def test_a_mode_is_set_for_all_and_each_is_told_of(
    board: Client, ada: Agent, bob: Agent, sam: User
) -> None:
    talk(bob)
    said = words(send(board, [ada, bob], act="set_mode", choice="busy"))
    assert "Busy: 1 set, 1 waits." in said
    assert 'Bob <span class="why">before: Available</span> Engaged: it waits until' in said
    assert 'Ada <span class="why">before: Available</span>' in said
    assert row_of(ada).mode_id == "busy"
    assert row_of(bob).pending_id == "busy"
    for agent in (ada, bob):
        last = agent.transitions.order_by("-version")[0]
        assert (last.actor, last.details["cause"]) == (sam, "supervisor")


def test_a_mode_that_does_not_show_yet_is_told_of_with_the_one_before(
    board: Client, ada: Agent
) -> None:
    lunch = make_reason("on_break", "Lunch")
    out = make_agent("Eve", connected=False, logged_in=False)
    said = words(send(board, [ada, out], act="set_mode", choice=f"on_break:{lunch.pk}"))
    assert "On Break – Lunch: 1 set, 1 not connected." in said  # noqa: RUF001 - as people write it
    assert "Not connected: shows Offline until they are back." in said
    said = words(send(board, [ada], act="set_mode", choice="busy"))
    assert "before: On Break – Lunch" in said  # noqa: RUF001 - as people write it


def test_what_is_refused_for_one_is_done_for_the_others(
    board: Client, ada: Agent, bob: Agent
) -> None:
    team = make_team("Billing")
    Agent.objects.filter(pk=ada.pk).update(team=team)
    Status.objects.get(pk="do_not_disturb").teams.add(team)
    said = words(send(board, [ada, bob], act="set_mode", choice="do_not_disturb"))
    assert "Do Not Disturb: 1 set. Not done for 1." in said
    assert "Bob That status cannot be chosen." in said
    assert row_of(ada).mode_id == "do_not_disturb"
    assert row_of(bob).mode_id == "available"


def test_a_database_that_fails_for_one_undoes_no_others(
    board: Client, ada: Agent, bob: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(request: object, agent: Agent) -> object:
        if agent == bob:
            raise DatabaseError
        return ACTS["set_mode"](request, agent)  # type: ignore[arg-type]

    failing = {**ACTS, "set_mode": fails}
    monkeypatch.setattr("dashboard.acts.ACTS", failing)
    said = words(send(board, [ada, bob], act="set_mode", choice="busy"))
    assert "Bob The database did not answer. Try again." in said
    assert row_of(ada).mode_id == "busy"


def test_wrap_up_ends_and_what_waits_is_cancelled_for_those_who_have_it(
    board: Client, ada: Agent, bob: Agent
) -> None:
    talk(ada, wrap_up=None)
    apply(ada.pk, leg_event(LegAction.HUNG_UP, 9, source="test"))
    said = words(send(board, [ada, bob], act="end_wrap_up"))
    assert "Bob They are not in wrap-up." in said
    assert row_of(ada).shown_status_id == "available"
    talk(bob)
    send(board, [bob], act="set_mode", choice="busy")
    said = words(send(board, [ada, bob], act="cancel_pending"))
    assert "Ada No mode waits." in said
    assert row_of(bob).pending_id is None


def test_f1_logging_several_out_is_asked_first(board: Client, ada: Agent, bob: Agent) -> None:
    said = words(send(board, [ada, bob], act="log_out_agent"))
    assert "Log 2 agents out?" in said
    assert row_of(ada).logged_in
    send(board, [ada, bob], act="log_out_agent", sure="1")
    assert not row_of(ada).logged_in
    assert not row_of(bob).logged_in


@pytest.mark.parametrize("name", ["set_mode", "cancel_pending", "end_wrap_up", "log_out_agent"])
def test_f2_each_act_on_a_selection_takes_its_right(
    board: Client, ada: Agent, sam: User, name: str
) -> None:
    sam.user_permissions.remove(Permission.objects.get(codename=name))
    before = row_of(ada).version
    answer = send(board, [ada], act=name, choice="busy", sure="1")
    assert answer.status_code == 403
    assert row_of(ada).version == before
    assert f'value="{name}"' not in words(send(board, [ada]))


def test_f2_an_agent_may_not_act_on_others(client: Client, ada: Agent, bob: Agent) -> None:
    client.force_login(bob.user)
    assert send(client, [ada], act="set_mode", choice="busy").status_code == 403


def test_nobody_or_too_many_are_refused_with_a_sentence(board: Client, ada: Agent) -> None:
    answer = board.post(reverse("selection"), {"act": "set_mode", "agent": "x,-1,"})
    assert (answer.status_code, "Select agents first." in words(answer)) == (409, True)  # type: ignore[arg-type]
    many = ",".join(map(str, range(1, selection.MOST + 2)))
    answer = board.post(reverse("selection"), {"act": "set_mode", "agent": many, "choice": "busy"})
    assert (answer.status_code, "at most 500" in words(answer)) == (409, True)  # type: ignore[arg-type]
    assert row_of(ada).mode_id == "available"


def test_an_agent_who_left_meanwhile_is_told_of(board: Client, ada: Agent, bob: Agent) -> None:
    Agent.objects.filter(pk=bob.pk).update(active=False)
    said = words(send(board, [ada, bob], act="set_mode", choice="busy"))
    assert "Busy: 1 set. 1 has left the floor." in said


def test_checkboxes_of_a_plain_form_are_a_selection_too(
    board: Client, ada: Agent, bob: Agent
) -> None:
    form = {"agent": [str(ada.pk), str(bob.pk)]}
    assert "2 agents selected" in words(board.post(reverse("selection"), form))  # type: ignore[arg-type]


def test_an_act_that_there_is_not_is_not_found(board: Client, ada: Agent) -> None:
    assert send(board, [ada], act="reset_call").status_code == 404


def test_c13_the_agent_sees_who_set_the_mode_that_shows(
    board: Client, ada: Agent, client: Client
) -> None:
    send(board, [ada], act="set_mode", choice="busy")
    own = Client()
    own.force_login(ada.user)
    assert "set by sam" in own.get(reverse("agent_page")).content.decode()
    own.post(reverse("mode"), {"choice": "available"})
    assert "set by sam" not in own.get(reverse("agent_page")).content.decode()
    assert row_of(ada).at <= timezone.now()
