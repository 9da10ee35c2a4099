"""BEHAVIOURS D: hold, consult, transfer, conference, wrap-up, as far as the machine decides."""

import pytest

from presence.actions import Result
from presence.events import LegAction
from presence.models import Agent, Transition
from tests.factories import at, make_interaction, make_user
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db

A = LegAction


@pytest.fixture
def story(ada: Agent) -> Story:
    """Ada, on a call since `at(10)` that leads to 30 seconds of wrap-up."""
    told = Story(ada)
    told.talks(10, wrap_up=30)
    return told


def activity(story: Story) -> tuple[str, str, float]:
    row = story.row
    assert row.activity_since is not None
    return row.shown_status_id, row.activity, (row.activity_since - at(0)).total_seconds()


def test_d1_hold_has_its_own_timer_while_the_calls_goes_on(story: Story) -> None:
    story.then(40, A.HELD)
    assert activity(story) == ("on_call", "on_hold", 40)
    assert (story.row.shown_since, story.leg().answered_at) == (at(10), at(10))


def test_d2_resuming_handles_again(story: Story) -> None:
    story.then(40, A.HELD)
    story.then(50, A.RESUMED)
    assert activity(story) == ("on_call", "handling", 50)
    assert story.row.shown_since == at(10)


def test_d3_hanging_up_on_hold_leads_to_wrap_up(story: Story) -> None:
    story.then(40, A.HELD)
    story.then(50, A.HUNG_UP)
    assert (story.shown, story.leg().outcome, story.leg().ended_at) == ("wrap_up", "hung_up", None)


def test_d4_consulting_beats_on_hold(story: Story) -> None:
    story.then(40, A.HELD)
    story.then(41, A.CONSULTED)
    assert activity(story) == ("on_call", "consulting", 41)


def test_d5_a_leg_that_talks_beats_one_on_hold(story: Story) -> None:
    story.then(40, A.HELD)
    story.talks(41, "other")
    assert activity(story) == ("on_call", "handling", 41)


@pytest.mark.parametrize("back", [A.HELD, A.RESUMED])
def test_d6_a_cancelled_consultation_is_no_end_of_the_call(story: Story, back: LegAction) -> None:
    story.chooses(15, "on_break")
    story.then(40, A.CONSULTED)
    story.then(50, back)
    assert (story.shown, story.row.pending_id) == ("on_call", "on_break")


def test_d6_nor_is_a_consultation_that_has_a_leg_of_its_own(story: Story) -> None:
    story.chooses(15, "on_break")
    story.then(40, A.HELD)
    story.dials(41, "consultation")
    story.then(50, A.HUNG_UP, "consultation")
    assert (*activity(story)[:2], story.row.pending_id) == ("on_call", "on_hold", "on_break")


def test_d7_after_a_blind_transfer_the_agent_wraps_up(story: Story) -> None:
    story.chooses(15, "on_break")
    story.then(40, A.TRANSFERRED)
    assert (story.shown, story.row.pending_id, story.leg().outcome) == (
        "wrap_up",
        "on_break",
        "transferred",
    )
    tick(70)
    assert (story.shown, story.row.shown_since) == ("on_break", at(70))


def test_d8_an_attended_transfer_hands_the_call_on(story: Story, bob: Agent) -> None:
    call, second = story.leg().interaction, Story(bob)
    story.then(40, A.CONSULTED)
    second.talks(41, "b", interaction=call)
    story.then(60, A.TRANSFERRED)
    call.refresh_from_db()
    assert (story.shown, second.shown) == ("wrap_up", "on_call")
    assert (call.legs.count(), call.ended_at, call.answered_at) == (2, None, at(10))
    second.then(90, A.HUNG_UP, "b")
    call.refresh_from_db()
    assert call.ended_at == at(90)


def test_d9_a_three_way_call_shows_both_in_conference(story: Story, bob: Agent) -> None:
    second = Story(bob)
    second.talks(41, "b", interaction=story.leg().interaction)
    story.then(50, A.CONFERENCED)
    second.then(50, A.CONFERENCED, "b")
    assert (story.row.activity, second.row.activity) == ("in_conference", "in_conference")


def test_d10_leaving_a_conference_leaves_the_others_in_it(story: Story, bob: Agent) -> None:
    second = Story(bob)
    second.talks(41, "b", interaction=story.leg().interaction)
    for each, name in ((story, "leg"), (second, "b")):
        each.then(50, A.CONFERENCED, name)
    story.then(60, A.HUNG_UP)
    assert (story.shown, second.row.activity) == ("wrap_up", "in_conference")
    call = second.leg("b").interaction
    assert call.ended_at is None


def test_d11_agents_whom_the_customer_left_are_on_a_call_until_they_leave(story: Story) -> None:
    story.then(50, A.CONFERENCED)
    story.then(60, A.RESUMED)
    assert activity(story) == ("on_call", "handling", 60)


def test_d12_a_supervisor_who_listens_is_monitoring_and_gets_no_call(
    story: Story, bob: Agent
) -> None:
    boss, before = Story(bob), story.row.version
    call = story.leg().interaction
    boss.gets(40, "ear", interaction=call, action=A.MONITORED, wrap_up=30, cool_down=20)
    assert activity(boss) == ("on_call", "monitoring", 40)
    assert (boss.why_not, boss.row.may_receive) == ("engaged", False)
    assert (story.row.version, activity(story)) == (before, ("on_call", "handling", 10))
    boss.then(50, A.HUNG_UP, "ear")
    assert (boss.shown, boss.row.may_receive, boss.missed()) == ("available", True, 0)
    call.refresh_from_db()
    assert call.ended_at is None


def test_d12_the_call_ends_though_somebody_still_listens(story: Story, bob: Agent) -> None:
    boss, call = Story(bob), story.leg().interaction
    boss.gets(40, "ear", interaction=call, action=A.MONITORED)
    story.then(50, A.HUNG_UP)
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("handled", at(50))
    assert activity(boss)[:2] == ("on_call", "monitoring")
    boss.then(51, A.HUNG_UP, "ear")
    assert boss.shown == "available"


def test_d13_wrap_up_ends_on_time_with_every_browser_closed(story: Story) -> None:
    story.then(40, A.HUNG_UP)
    assert story.row.deadline_at == at(70)
    tick(200)
    assert (story.shown, story.row.shown_since) == ("available", at(70))
    assert story.row.shown_cause == "wrap_up_expired"
    assert story.leg().ended_at == at(70)


def test_d15_wrap_up_without_a_limit_ends_when_a_supervisor_says_so(bob: Agent) -> None:
    story, boss = Story(bob), make_user("boss")
    story.talks(10, "b", wrap_up=None)
    story.then(40, A.HUNG_UP, "b")
    tick(9999)
    assert story.shown == "wrap_up"
    story.then(10000, A.WRAP_UP_DONE, "b", actor=boss.pk)
    assert (story.shown, story.row.shown_actor) == ("available", boss)
    assert Transition.objects.filter(agent=bob, actor=boss).count() == 1


def test_d15_an_immediate_choice_of_theirs_ends_it_too(story: Story) -> None:
    boss = make_user("boss")
    story.then(40, A.HUNG_UP)
    story.told_by(boss.pk, 45, "busy", immediate=True)
    assert (story.shown, story.row.shown_actor) == ("busy", boss)
    assert (story.leg().ended_at, story.leg().outcome) == (at(45), "hung_up")


@pytest.mark.parametrize("ending", [A.HUNG_UP, A.WITHDRAWN, A.RING_TIMED_OUT, A.REJECTED])
def test_d16_a_call_never_answered_has_no_wrap_up(bob: Agent, ending: LegAction) -> None:
    story = Story(bob)
    story.gets(10, "b", wrap_up=30, cool_down=5)
    assert story.then(20, ending, "b") is Result.APPLIED
    assert (story.row.legs, story.row.cool_down_until) == ([], None)


def test_d_a_call_taken_in_wrap_up_shows_over_it(story: Story) -> None:
    story.then(40, A.HUNG_UP)
    story.talks(45, "next", interaction=make_interaction())
    assert story.shown == "on_call"
    tick(70)
    assert (story.shown, [leg["id"] for leg in story.row.legs]) == ("on_call", ["next"])
