"""What supervisors do to an agent, each by a right of its own, with who did it in history."""

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from presence.choices import ChoiceError, options
from presence.choices import choose as chosen
from presence.events import Choice, LegAction
from presence.models import Agent, Reason, Transition
from presence.models.catalogue import ChosenBy
from routing.actions import apply
from routing.models import Connector, Interaction, Leg
from tests.factories import (
    call_in,
    call_of,
    choose,
    leg_event,
    make_agent,
    make_interaction,
    make_queue,
    make_reason,
    make_user,
    row_of,
    supervising,
    turn,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada", mode="available")


@pytest.fixture
def sam() -> User:
    user = make_user("sam")
    user.user_permissions.add(*supervising())
    return user


@pytest.fixture
def board(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def act(board: Client, agent: Agent, name: str) -> HttpResponse:
    url = reverse("act", args=[agent.pk, name])
    return board.post(url, headers={"HX-Request": "true"})  # type: ignore[return-value]


def talk(agent: Agent, *, wrap_up: int | None = 0) -> Interaction:
    """The agent answers a call that began long ago."""
    call = make_interaction()
    about = call_of(call, wrap_up=wrap_up)
    for action in (LegAction.OFFERED, LegAction.ANSWERED):
        apply(agent.pk, leg_event(action, 1, call=about, source="test"))
    return call


def last(agent: Agent) -> Transition:
    return agent.transitions.order_by("-version")[0]


def test_a_pending_mode_is_cancelled_by_whoever_may(board: Client, ada: Agent, sam: User) -> None:
    talk(ada)
    choose(ada, "on_break", 2)
    assert act(board, ada, "cancel_pending").status_code == 204
    assert row_of(ada).pending is None
    assert (last(ada).event, last(ada).actor) == ("CancelPending", sam)


def test_d15_an_endless_wrap_up_is_ended_and_who_did_it_is_kept(
    board: Client, ada: Agent, sam: User
) -> None:
    talk(ada, wrap_up=None)
    apply(ada.pk, leg_event(LegAction.HUNG_UP, 9, source="test"))
    assert row_of(ada).shown_status_id == "wrap_up"
    assert act(board, ada, "end_wrap_up").status_code == 204
    assert row_of(ada).shown_status_id == "available"
    assert last(ada).actor == sam


def test_who_is_not_in_wrap_up_has_none_to_end(board: Client, ada: Agent) -> None:
    before = row_of(ada).version
    answer = act(board, ada, "end_wrap_up")
    assert answer.status_code == 409
    assert "They are not in wrap-up." in answer.content.decode()
    assert row_of(ada).version == before


def test_f10_a_phantom_call_that_no_telephony_can_be_asked_of_ends_at_once(
    board: Client, ada: Agent, sam: User
) -> None:
    call = talk(ada)
    assert act(board, ada, "reset_call").status_code == 204
    leg = Leg.objects.get(agent=ada)
    call.refresh_from_db()
    assert row_of(ada).shown_status_id == "available"
    assert leg.ended_at
    assert leg.estimated
    assert call.ended_at
    assert last(ada).actor == sam


def test_f10_a_telephony_that_can_be_asked_is_asked_first(board: Client, ada: Agent) -> None:
    Connector.objects.create(name="test", host="127.0.0.1")
    talk(ada)
    answer = act(board, ada, "reset_call")
    assert "The telephony is asked." in answer.content.decode()
    assert row_of(ada).shown_status_id == "on_call"
    assert ada.call_checks.count() == 1


def test_f10_a_caller_whose_ring_is_reset_waits_on(board: Client, ada: Agent) -> None:
    call = call_in(make_queue(members=[ada], rollcall=True))
    turn(1)
    assert row_of(ada).shown_status_id == "ringing"
    assert act(board, ada, "reset_call").status_code == 204
    call.refresh_from_db()
    assert call.ended_at is None
    assert call.entries.filter(left_at=None).exists()


def test_a_call_that_another_agent_is_in_goes_on(board: Client, ada: Agent) -> None:
    call = talk(ada)
    bob = make_agent("Bob", mode="available")
    for action in (LegAction.OFFERED, LegAction.ANSWERED):
        apply(bob.pk, leg_event(action, 5, leg="bob", call=call_of(call), source="test"))
    act(board, ada, "reset_call")
    call.refresh_from_db()
    assert call.ended_at is None
    assert row_of(bob).shown_status_id == "on_call"


def test_f1_a_ghost_is_logged_out_and_asked_to_sign_in_again(
    board: Client, ada: Agent, sam: User
) -> None:
    page = Client()
    page.force_login(ada.user)
    assert page.get(reverse("ticket")).status_code == 200
    assert act(board, ada, "log_out_agent").status_code == 204
    row = row_of(ada)
    assert (row.shown_status_id, row.shown_cause, row.logged_in) == ("offline", "supervisor", False)
    assert last(ada).actor == sam
    assert page.get(reverse("ticket")).status_code == 401
    assert board.get(reverse("monitor")).status_code == 200


@pytest.mark.parametrize(
    "name", ["set_mode", "cancel_pending", "end_wrap_up", "reset_call", "log_out_agent"]
)
def test_f2_each_act_has_a_right_of_its_own(
    board: Client, ada: Agent, sam: User, name: str
) -> None:
    talk(ada)
    choose(ada, "on_break", 2)
    sam.user_permissions.remove(Permission.objects.get(codename=name))
    before = row_of(ada).version
    if name == "set_mode":
        answer = board.post(reverse("set_mode", args=[ada.pk]), {"choice": "busy"})
    else:
        answer = act(board, ada, name)  # type: ignore[assignment]
    assert answer.status_code == 403
    assert row_of(ada).version == before


def test_f2_an_agent_has_none_of_these_rights(client: Client, ada: Agent) -> None:
    client.force_login(make_agent("Bob").user)
    assert act(client, ada, "log_out_agent").status_code == 403
    assert row_of(ada).logged_in


def test_an_act_that_does_not_exist_is_not_found(board: Client, ada: Agent) -> None:
    assert act(board, ada, "promote").status_code == 404


def test_a_reason_is_offered_to_those_who_may_give_it(ada: Agent) -> None:
    for label, by in (("Coaching", ChosenBy.SUPERVISORS), ("Private", ChosenBy.AGENTS)):
        make_reason("on_break", label)
        Reason.objects.filter(label=label).update(chosen_by=by)
    make_reason("on_break", "Lunch")

    def offered(by: ChosenBy) -> set[str]:
        return {
            reason.label
            for option in options(ada, by)
            for reason in option.reasons
            if option.status.pk == "on_break"
        }

    assert offered(ChosenBy.AGENTS) == {"Lunch", "Private"}
    assert offered(ChosenBy.SUPERVISORS) == {"Lunch", "Coaching"}


def test_a_supervisors_reason_is_refused_to_an_agent(board: Client, ada: Agent) -> None:
    coaching = make_reason("on_break", "Coaching")
    Reason.objects.update(chosen_by=ChosenBy.SUPERVISORS)
    with pytest.raises(ChoiceError, match="no such reason"):
        chosen(ada, "on_break", coaching.pk)
    assert chosen(ada, "on_break", coaching.pk, ChosenBy.SUPERVISORS) == Choice(
        "on_break", coaching.pk
    )
    page = reverse("set_mode", args=[ada.pk])
    board.post(page, {"choice": f"on_break:{coaching.pk}"})
    assert row_of(ada).shown_reason == coaching
