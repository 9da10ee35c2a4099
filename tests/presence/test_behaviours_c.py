"""BEHAVIOURS C: on a call, and what waits for its end."""

import pytest
from pytest_django import Settings

from presence import connections
from presence.actions import Result
from presence.events import CancelPending, Cause, LegAction, NoAnswer
from presence.models import Agent, Interval, PendingMode, Reason, Transition
from tests.factories import at, make_reason, make_user
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db

A = LegAction


@pytest.fixture
def story(ada: Agent) -> Story:
    """Ada, Available, with a page open, as of `at(0)`."""
    return Story(ada)


@pytest.fixture
def lunch(db: None) -> Reason:
    return make_reason(label="Lunch")


def test_c1_a_break_on_a_call_waits_and_stops_offers_at_once(story: Story, lunch: Reason) -> None:
    story.talks(10)
    story.chooses(20, "on_break", lunch.pk)
    row = story.row
    assert (row.shown_status_id, row.shown_since) == ("on_call", at(10))
    assert (row.pending_id, row.pending_reason_id, row.pending_since) == (
        "on_break",
        lunch.pk,
        at(20),
    )
    assert story.why_not == "pending"


def test_c2_without_wrap_up_the_break_begins_when_the_call_ends(
    story: Story, lunch: Reason
) -> None:
    story.talks(10)
    story.chooses(20, "on_break", lunch.pk)
    story.then(70, A.HUNG_UP)
    row = story.row
    assert (row.shown_status_id, row.shown_reason_id) == ("on_break", lunch.pk)
    assert (row.shown_since, row.shown_cause, row.pending_id) == (at(70), "agent", None)
    assert story.history == [("available", 10), ("on_call", 60)]
    assert Interval.objects.filter(agent=story.agent, started_at__gte=at(70)).count() == 0


def test_c3_pending_waits_for_wrap_up(story: Story) -> None:
    story.talks(10, wrap_up=20)
    story.chooses(20, "on_break")
    story.then(70, A.HUNG_UP)
    assert (story.shown, story.row.pending_id, story.row.deadline_at) == (
        "wrap_up",
        "on_break",
        at(90),
    )
    tick(95)
    assert (story.shown, story.row.shown_since, story.row.pending_id) == ("on_break", at(90), None)


def test_c4_finishing_wrap_up_applies_what_waits_at_once(story: Story) -> None:
    story.talks(10, wrap_up=20)
    story.chooses(20, "on_break")
    story.then(70, A.HUNG_UP)
    story.then(75, A.WRAP_UP_DONE)
    assert (story.shown, story.row.shown_since) == ("on_break", at(75))
    assert tick(95) == 0


def test_c5_a_break_chosen_in_wrap_up_waits_for_its_end(story: Story) -> None:
    story.talks(10, wrap_up=20)
    story.then(70, A.HUNG_UP)
    story.chooses(75, "on_break")
    assert (story.shown, story.row.pending_id) == ("wrap_up", "on_break")
    tick(90)
    assert story.shown == "on_break"


def test_c5_a_setting_makes_a_choice_end_wrap_up(story: Story, settings: Settings) -> None:
    settings.CHOICE_ENDS_WRAP_UP = True
    story.talks(10, wrap_up=20)
    story.then(70, A.HUNG_UP)
    story.chooses(75, "on_break")
    assert (story.shown, story.row.pending_id, story.row.legs) == ("on_break", None, [])
    assert story.leg().ended_at == at(75)


def test_c6_choosing_available_again_takes_the_break_back(story: Story) -> None:
    story.talks(10)
    story.chooses(20, "on_break")
    assert story.chooses(30, "available") is Result.APPLIED
    assert story.row.pending_id is None
    story.then(70, A.HUNG_UP)
    assert story.row.may_receive


def test_c6_so_does_cancelling(story: Story) -> None:
    story.talks(10)
    story.chooses(20, "on_break")
    story.does(CancelPending(at=at(30)))
    assert (story.row.pending_id, story.why_not) == (None, "engaged")


def test_c7_a_second_choice_replaces_the_first(story: Story) -> None:
    story.talks(10)
    story.chooses(20, "on_break")
    story.chooses(30, "back_office")
    assert (story.row.pending_id, story.row.pending_since) == ("back_office", at(30))


def test_c8_the_same_again_keeps_since(story: Story) -> None:
    story.talks(10)
    story.chooses(20, "on_break")
    assert story.chooses(30, "on_break") is Result.UNCHANGED
    assert story.row.pending_since == at(20)


def test_c9_what_waits_is_in_the_database_and_survives_a_restart(story: Story) -> None:
    lease = connections.Lease()
    lease.opened(story.agent.pk, at(1))
    story.talks(10)
    story.chooses(20, "on_break")
    lease.release(at(30))
    tick(60)
    Story(story.agent).then(70, A.HUNG_UP)
    assert story.row.mode_id == "on_break"


def test_c10_offline_waits_for_wrap_up_too(story: Story) -> None:
    story.talks(10, wrap_up=20)
    story.logs_out(20)
    seen = [story.why_not]
    story.then(70, A.HUNG_UP)
    seen.append(story.why_not)
    tick(90)
    assert (story.shown, story.row.mode_id, story.row.logged_in) == ("offline", "offline", False)
    assert story.row.shown_cause == "log_out"
    assert [*seen, story.why_not] == ["pending", "pending", "mode"]


def test_c11_what_waits_applies_after_the_last_of_two_calls(story: Story) -> None:
    story.talks(10, "one")
    story.then(15, A.HELD, "one")
    story.talks(16, "two")
    story.chooses(20, "on_break")
    story.then(30, A.HUNG_UP, "two")
    assert (story.shown, story.row.pending_id, story.row.activity) == (
        "on_call",
        "on_break",
        "on_hold",
    )
    story.then(40, A.HUNG_UP, "one")
    assert (story.shown, story.row.shown_since) == ("on_break", at(40))


def test_c12_a_reason_disabled_meanwhile_applies_by_its_name_of_then(
    story: Story, lunch: Reason
) -> None:
    story.talks(10)
    story.chooses(20, "on_break", lunch.pk)
    Reason.objects.filter(pk=lunch.pk).update(active=False)
    story.then(70, A.HUNG_UP)
    assert (story.shown, story.row.shown_reason) == ("on_break", lunch)


def test_c13_a_supervisors_break_waits_with_their_name_on_it(story: Story) -> None:
    boss = make_user("boss")
    story.talks(10)
    story.told_by(boss.pk, 20, "on_break")
    assert (story.row.pending_actor, story.row.pending_cause) == (boss, "supervisor")
    story.then(70, A.HUNG_UP)
    assert (story.row.shown_actor, story.row.shown_cause) == (boss, "supervisor")
    assert Transition.objects.filter(agent=story.agent, event="Choose", actor=boss).exists()


def test_c14_the_last_of_agent_and_supervisor_wins_and_both_are_told(story: Story) -> None:
    boss = make_user("boss")
    story.talks(10)
    story.chooses(20, "on_break")
    story.told_by(boss.pk, 30, "back_office")
    story.chooses(40, "busy")
    assert (story.row.pending_id, story.row.pending_actor) == ("busy", story.agent.user)
    told = Transition.objects.filter(agent=story.agent, event="Choose").values_list(
        "actor", flat=True
    )
    assert list(told) == [story.agent.user_id, boss.pk, story.agent.user_id]


@pytest.mark.parametrize("answered", [True, False])
def test_c15_dialing_out_on_a_break_comes_back_to_the_break(
    story: Story, lunch: Reason, answered: bool
) -> None:
    story.chooses(5, "on_break", lunch.pk)
    story.dials(10)
    if answered:
        story.then(12, A.ANSWERED)
    story.then(30, A.HUNG_UP)
    row = story.row
    assert (row.shown_status_id, row.shown_reason, row.may_receive) == ("on_break", lunch, False)
    assert (row.mode_since, row.shown_since) == (at(5), at(30))


def test_c16_dialing_is_no_time_for_another_call(story: Story) -> None:
    story.dials(10)
    assert (story.shown, story.row.activity, story.why_not) == ("on_call", "dialing", "engaged")
    story.then(15, A.ANSWERED)
    assert (story.row.activity, story.why_not) == ("handling", "engaged")
    assert story.row.shown_since == at(10)


def test_c17_a_failed_call_out_is_no_miss_and_needs_no_wrap_up(story: Story) -> None:
    story.dials(10, wrap_up=30, cool_down=30, no_answer=NoAnswer.HOLD)
    story.then(15, A.HUNG_UP)
    assert (story.shown, story.row.may_receive, story.missed()) == ("available", True, 0)


def test_c18_there_is_no_second_call_on_a_call(story: Story) -> None:
    story.talks(10)
    assert story.gets(20, "second", reported=False) is Result.REFUSED
    assert [leg["id"] for leg in story.row.legs] == ["leg"]


def test_c20_the_minutes_before_it_applies_count_as_on_call(story: Story, lunch: Reason) -> None:
    story.talks(0)
    story.chooses(60, "on_break", lunch.pk)
    story.then(300, A.HUNG_UP)
    story.chooses(900, "available")
    assert story.history == [("on_call", 300), ("on_break", 600)]
    causes = Interval.objects.filter(status="on_break").values_list("cause", flat=True)
    assert list(causes) == [Cause.AGENT.value]


def test_c14_every_mode_that_waited_is_kept_with_who_asked_and_what_became_of_it(
    story: Story,
) -> None:
    boss = make_user("boss").pk
    story.talks(10)
    story.chooses(20, "on_break")
    story.told_by(boss, 30, "busy")
    story.does(CancelPending(at=at(40), actor=story.agent.user_id))
    story.chooses(50, "do_not_disturb")
    story.then(70, A.HUNG_UP)
    kept = PendingMode.objects.filter(agent=story.agent)
    assert list(kept.values_list("status", "started_at", "ended_at", "actor", "end")) == [
        ("on_break", at(20), at(30), story.agent.user_id, "replaced"),
        ("busy", at(30), at(40), boss, "cancelled"),
        ("do_not_disturb", at(50), at(70), story.agent.user_id, "applied"),
    ]


def test_c8_choosing_what_waits_already_ends_no_wait(story: Story) -> None:
    story.talks(10)
    story.chooses(20, "on_break")
    story.chooses(30, "on_break")
    assert not PendingMode.objects.exists()
