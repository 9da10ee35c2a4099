"""The status catalogue beside SPEC section 2's table, and the words that a floor may use."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from presence import choices
from presence.models import Agent, AgentState, Floor, Reason, Status
from tests.factories import make_agent, make_reason, row_of

pytestmark = pytest.mark.django_db

# code, label, colour, inbound, outbound, agent selects, workforce
SPEC_2 = [
    ("offline", "Offline", "grey", False, True, True, "absent"),
    ("available", "Available", "green", True, True, True, "ready"),
    ("busy", "Busy", "red", False, True, True, "withdrawn"),
    ("on_break", "On Break", "yellow", False, True, True, "withdrawn"),
    ("do_not_disturb", "Do Not Disturb", "red", False, True, True, "withdrawn"),
    ("back_office", "BackOffice - Administrative", "violet", False, True, True, "withdrawn"),
    ("outgoing", "Handling - Outgoing Interactions", "blue", False, True, True, "withdrawn"),
    ("ringing", "Ringing (Offered)", "light-blue", False, False, False, "engaged"),
    ("on_call", "On Call (Busy)", "light-blue", False, False, False, "engaged"),
    ("wrap_up", "Wrap-Up", "yellow", False, False, False, "engaged"),
    ("no_answer", "No Answer", "orange", False, True, False, "withdrawn"),
    ("outbound_only", "Outbound Calls Only", "violet", False, True, False, "withdrawn"),
]


def test_the_migrated_catalogue_is_the_specifications() -> None:
    columns = ("pk", "label", "colour", "accepts_inbound", "allows_outbound", "selectable")
    found = Status.objects.values_list(*columns, "workforce")
    assert sorted(found) == sorted(SPEC_2)


def test_every_built_in_status_has_a_sign_besides_its_colour() -> None:
    for first in Status.objects.all():
        assert first.icon
        alike = Status.objects.filter(colour=first.colour, icon=first.icon).exclude(pk=first.pk)
        assert not alike.exists()


VOCABULARIES = {
    # name: selectable statuses with their labels, login policy
    "talk": (
        {
            "offline": "Offline",
            "available": "Available",
            "busy": "Busy",
            "on_break": "On Break",
        },
        "offline",
    ),
    "distribution": (
        {"available": "Ready", "on_break": "Withdrawn", "offline": "Not Available"},
        "restore",
    ),
    "webphone": (
        {"available": "Available", "do_not_disturb": "Do not Disturb"},
        "available",
    ),
    "modes": (
        {
            "available": "Ready",
            "back_office": "BackOffice - Administrative",
            "on_break": "Break",
            "outgoing": "Handling - Outgoing Interactions",
            "offline": "Offline",
        },
        "offline",
    ),
}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_sets_labels_choices_and_login_policy(name: str) -> None:
    selectable, login = VOCABULARIES[name]
    call_command("load_vocabulary", name, stdout=StringIO())
    found = dict(Status.objects.filter(selectable=True).values_list("pk", "label"))
    floor = Floor.objects.get()
    assert found == selectable
    assert (floor.vocabulary, floor.login_policy) == (name, login)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_takes_nobodys_mode_or_data(name: str) -> None:
    lunch = make_reason()
    agents = [make_agent(mode="do_not_disturb"), make_agent(mode="on_break", reason=lunch.pk)]
    own = Status.objects.create(code="training", label="Training")
    before = Status.objects.count()
    call_command("load_vocabulary", name, stdout=StringIO())
    modes = [(row_of(agent).mode_id, row_of(agent).mode_reason_id) for agent in agents]
    assert modes == [("do_not_disturb", None), ("on_break", lunch.pk)]
    own.refresh_from_db()
    assert (own.label, own.selectable, Status.objects.count()) == ("Training", True, before)
    assert Reason.objects.filter(pk=lunch.pk, active=True).exists()


def test_loading_one_vocabulary_after_another_leaves_nothing_of_the_first() -> None:
    for name in (*VOCABULARIES, "talk"):
        call_command("load_vocabulary", name, stdout=StringIO())
    labels = dict(Status.objects.values_list("pk", "label"))
    assert labels["available"] == "Available"
    assert labels["on_call"] == "On Call (Busy)"
    assert Status.objects.get(pk="on_break").reason_policy == "optional"


def test_boards_are_told_of_new_words() -> None:
    agent = make_agent()
    version = row_of(agent).version
    call_command("load_vocabulary", "modes", stdout=StringIO())
    assert row_of(agent).version > version


def test_withdrawing_asks_for_a_reason_in_the_distribution_vocabulary() -> None:
    agent, reason = make_agent(), make_reason()
    call_command("load_vocabulary", "distribution", stdout=StringIO())
    with pytest.raises(choices.ChoiceError) as refused:
        choices.choose(agent, "on_break")
    assert refused.value.code == "reason_needed"
    assert choices.choose(agent, "on_break", reason.pk).reason == reason.pk


def test_an_unknown_vocabulary_is_refused_in_one_line() -> None:
    with pytest.raises(CommandError) as error:
        call_command("load_vocabulary", "esperanto")
    assert "\n" not in str(error.value)
    assert "talk" in str(error.value)
    assert error.value.returncode != 0


def test_a_built_in_status_that_is_in_use_cannot_be_deleted() -> None:
    agent = make_agent(mode="available")
    with pytest.raises(ProtectedError):
        Status.objects.filter(pk="available").delete()
    assert Agent.objects.filter(pk=agent.pk).exists()
    assert AgentState.objects.get(agent=agent).mode_id == "available"


def test_a_built_in_status_cannot_be_deactivated() -> None:
    with pytest.raises(IntegrityError, match="status_built_in_active"), transaction.atomic():
        Status.objects.filter(pk="busy").update(active=False)


def test_a_system_status_never_becomes_selectable() -> None:
    ringing = Status.objects.get(pk="ringing")
    ringing.selectable = True
    ringing.save()
    assert not Status.objects.get(pk="ringing").selectable


def _status(**fields: object) -> Status:
    return Status(**{"code": "training", "label": "Training", "workforce": "withdrawn", **fields})


REFUSED = [
    ({"label": "available"}, "label", "Another status has this label"),
    ({"accepts_inbound": True}, "workforce", "Ready means: may be offered calls"),
    ({"workforce": "ready"}, "workforce", "Ready means: may be offered calls"),
    ({"built_in": True, "active": False}, "active", "Built-in statuses stay"),
    ({"after_maximum_id": "busy"}, "max_seconds", "Say after how many seconds"),
    ({"after_idle_id": "ringing", "idle_seconds": 600}, "after_idle", "set by the system"),
    ({"after_idle_id": "available", "idle_seconds": 600}, "after_idle", "Nobody becomes available"),
    ({"after_idle_id": "busy", "idle_seconds": 119}, "idle_seconds", "120"),
    (
        {"after_maximum_id": "ringing", "max_seconds": 60},
        "after_maximum",
        "set by the system and cannot be a mode",
    ),
    (
        {"after_maximum_id": "available", "max_seconds": 60},
        "after_maximum",
        "Nobody becomes available on their own",
    ),
    ({"code": "Big Words"}, "code", "Use small letters"),
    ({"code": "busy"}, "code", "already exists"),
    ({"max_seconds": 0}, "max_seconds", "greater than or equal to 1"),
]


@pytest.mark.parametrize(("fields", "where", "sentence"), REFUSED)
def test_nonsense_in_a_status_is_refused_in_words(
    fields: dict[str, object], where: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as error:
        _status(**fields).full_clean()
    assert sentence in " ".join(error.value.message_dict[where])


def test_a_status_cannot_follow_itself() -> None:
    status = _status(max_seconds=60)
    status.full_clean()
    status.save()
    status.after_maximum = status
    with pytest.raises(ValidationError, match="cannot follow itself"):
        status.full_clean()


def test_a_sensible_status_is_accepted() -> None:
    _status(max_seconds=60, after_maximum_id="busy").full_clean()
    _status(accepts_inbound=True, workforce="ready").full_clean()


def test_a_reason_for_a_status_that_asks_for_none_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="Busy asks for no reason"):
        Reason(status_id="busy", label="Lunch").full_clean()


def test_a_reason_is_there_once_whatever_its_capitals() -> None:
    make_reason(label="Lunch")
    with pytest.raises(ValidationError, match="already has a reason of that name"):
        Reason(status_id="on_break", label="LUNCH").full_clean()
