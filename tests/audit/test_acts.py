"""What supervisors and programs do to agents: who, from where, and the mode before and after."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from audit.words import Action, Way
from presence.models import Agent
from tests.api.program import Program
from tests.factories import make_reason, make_user, row_of, supervising

pytestmark = pytest.mark.django_db


@pytest.fixture
def board() -> Client:
    """Sam's, a supervisor's."""
    sam = make_user("sam")
    sam.user_permissions.add(*supervising())
    client = Client(REMOTE_ADDR="192.0.2.9")
    client.force_login(sam)
    return client


@pytest.fixture
def program(db: None) -> Program:
    return Program("supervise")


def _acts() -> list[Entry]:
    return list(Entry.objects.exclude(action=Action.LOGGED_IN).order_by("pk"))


def test_a_mode_that_a_supervisor_set_is_told_with_the_one_before(
    board: Client, ada: Agent
) -> None:
    lunch = make_reason("on_break", "Lunch")
    board.post(reverse("set_mode", args=[ada.pk]), {"choice": f"on_break:{lunch.pk}"})
    (act,) = _acts()
    assert (act.who, act.way, act.address) == ("sam", Way.SCREEN, "192.0.2.9")
    assert (act.action, act.kind, act.object_pk) == (Action.SET_MODE, "presence.agent", str(ada.pk))
    assert act.changes == {
        "mode": ["Available", "On Break, Lunch"],
        "status": ["Available", "On Break"],
    }


def test_an_act_on_many_is_told_of_each(board: Client, ada: Agent, bob: Agent) -> None:
    form = {"agent": [ada.pk, bob.pk], "act": "set_mode", "choice": "busy"}
    board.post(reverse("selection"), form)
    assert [(act.name, act.changes["mode"]) for act in _acts()] == [
        ("Ada", ["Available", "Busy"]),
        ("Bob", ["Available", "Busy"]),
    ]


def test_f1_a_ghost_that_is_logged_out_is_told_of_with_actor_and_cause(
    board: Client, ada: Agent
) -> None:
    board.post(reverse("act", args=[ada.pk, "log_out_agent"]))
    (act,) = _acts()
    assert (act.who, act.action, act.name) == ("sam", Action.LOG_OUT_AGENT, "Ada")
    assert act.changes["mode"] == ["Available", "Offline"]
    assert ada.intervals.exists()
    assert row_of(ada).mode_cause == "supervisor"


def test_a_device_that_an_agent_switches_is_told_of(client: Client, ada: Agent) -> None:
    client.force_login(ada.user)
    client.post(reverse("device"), {"kind": "webphone", "on": "0"})
    (act,) = _acts()
    assert (act.who, act.action, act.kind) == (ada.user.username, Action.CHANGED, "presence.device")
    assert act.changes == {"enabled": [True, False]}


def test_what_is_refused_is_not_told(board: Client, ada: Agent) -> None:
    for name in ("cancel_pending", "end_wrap_up", "reset_call"):
        assert board.post(reverse("act", args=[ada.pk, name])).status_code == 409
    assert _acts() == []


def test_what_an_agent_chooses_is_in_history_alone(ada: Agent) -> None:
    client = Client()
    client.force_login(ada.user)
    client.post(reverse("mode"), {"choice": "on_break"})
    assert row_of(ada).mode_id == "on_break"
    assert _acts() == []


def test_what_a_program_does_is_told_as_its_keys(program: Program, ada: Agent) -> None:
    program.put(f"/agents/{ada.pk}/mode", {"status": "busy"})
    (act,) = _acts()
    assert (act.way, act.action, act.changes["mode"]) == (
        Way.API,
        Action.SET_MODE,
        ["Available", "Busy"],
    )
    assert (act.who, act.user_id) == (program.key.name, None)
    assert act.through == program.key.prefix
    assert act.address == "127.0.0.1"


def test_the_same_write_once_more_is_told_once(program: Program, ada: Agent) -> None:
    for _ in range(2):
        program.put(f"/agents/{ada.pk}/mode", {"status": "busy"}, idempotency_key="once")
    assert len(_acts()) == 1
