"""Which modes a person may choose, and what is said when they may not."""

import pytest

from presence import choices
from presence.events import Choice
from presence.models import Agent, Reason, Status
from tests.factories import make_agent, make_reason, make_team

pytestmark = pytest.mark.django_db


def _codes(agent: Agent) -> list[str]:
    return [option.status.pk for option in choices.options(agent)]


def test_the_menu_has_the_selectable_statuses_in_their_order(ada: Agent) -> None:
    assert _codes(ada) == [
        "available",
        "busy",
        "on_break",
        "do_not_disturb",
        "back_office",
        "outgoing",
        "offline",
    ]
    Status.objects.filter(pk="offline").update(order=1)
    assert _codes(ada)[0] == "offline"


def test_an_inactive_or_unselectable_status_is_not_in_the_menu(ada: Agent) -> None:
    Status.objects.create(code="old", label="Old", active=False)
    Status.objects.filter(pk="busy").update(selectable=False)
    assert not {"old", "busy", "ringing"} & set(_codes(ada))


def test_a_status_for_some_teams_is_offered_to_their_agents_only() -> None:
    team = make_team()
    Status.objects.get(pk="back_office").teams.add(team)
    inside, outside, nowhere = make_agent(team=team), make_agent(team=make_team()), make_agent()
    assert "back_office" in _codes(inside)
    for agent in (outside, nowhere):
        with pytest.raises(choices.ChoiceError) as refused:
            choices.choose(agent, "back_office")
        assert refused.value.code == "not_selectable"


def test_reasons_are_offered_while_they_are_active_and_asked_for(ada: Agent) -> None:
    lunch, old = make_reason(label="Lunch"), make_reason(label="Smoke")
    Reason.objects.filter(pk=old.pk).update(active=False)
    option = next(o for o in choices.options(ada) if o.status.pk == "on_break")
    assert option.reasons == (lunch,)
    Status.objects.filter(pk="on_break").update(reason_policy="none")
    option = next(o for o in choices.options(ada) if o.status.pk == "on_break")
    assert option.reasons == ()


def test_a_required_reason_is_asked_for_as_long_as_there_is_one(ada: Agent) -> None:
    Status.objects.filter(pk="on_break").update(reason_policy="required")
    assert choices.choose(ada, "on_break") == Choice("on_break")
    lunch = make_reason()
    with pytest.raises(choices.ChoiceError, match="On Break needs a reason"):
        choices.choose(ada, "on_break")
    assert choices.choose(ada, "on_break", lunch.pk) == Choice("on_break", lunch.pk)


def test_another_statuss_reason_is_refused(ada: Agent) -> None:
    admin = make_reason("back_office", "Paperwork")
    with pytest.raises(choices.ChoiceError) as refused:
        choices.choose(ada, "on_break", admin.pk)
    assert refused.value.code == "unknown_reason"


@pytest.mark.parametrize("code", ["ringing", "no_answer", "outbound_only", "nonsense", ""])
def test_what_nobody_may_choose_is_refused_in_words(ada: Agent, code: str) -> None:
    with pytest.raises(choices.ChoiceError, match="Pick one from the menu"):
        choices.choose(ada, code)


def test_a_telephonys_words_mean_the_reason_or_status_of_that_name(ada: Agent) -> None:
    lunch = make_reason(label="Lunch")
    assert choices.match(ada, " LUNCH ") == Choice("on_break", lunch.pk)
    assert choices.match(ada, "do not disturb") == Choice("do_not_disturb")


def test_a_telephonys_other_words_are_a_break_with_a_note(ada: Agent) -> None:
    assert choices.match(ada, "") == Choice("on_break")
    assert choices.match(ada, "dentist") == Choice("on_break", note="dentist")
    assert choices.match(ada, "Available") == Choice("on_break", note="Available")
    assert len(choices.match(ada, "x" * 500).note) == 200
