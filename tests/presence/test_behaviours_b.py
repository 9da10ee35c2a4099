"""BEHAVIOURS B: ringing, answer, miss, reject."""

import pytest

from presence.actions import Result
from presence.events import LegAction, NoAnswer
from presence.models import Agent
from tests.factories import at, make_interaction, make_queue
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db

A = LegAction


def test_b1_ringing_shows_queue_and_caller_from_this_agents_own_ring(
    ada: Agent, bob: Agent
) -> None:
    call = make_interaction(queue=make_queue("sales"), caller="+49 30 1")
    Story(bob).gets(3, interaction=call)
    story = Story(ada)
    story.gets(8, interaction=call)
    [leg] = story.row.legs
    assert (story.shown, story.row.shown_since) == ("ringing", at(8))
    assert (leg["call"]["queue"], leg["call"]["caller"]) == ("sales", "+49 30 1")


def test_b2_answering_closes_the_ring_and_shows_on_call(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5)
    story.then(9, A.ANSWERED)
    assert (story.shown, story.why_not) == ("on_call", "engaged")
    assert story.history == [("available", 5), ("ringing", 4)]
    assert story.leg().answered_at == at(9)


def test_b3_letting_it_ring_shows_no_answer_and_counts_one_miss(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5, ring=20, no_answer=NoAnswer.HOLD)
    tick(24.9)
    assert story.shown == "ringing"
    tick(25)
    assert (story.shown, story.why_not, story.missed()) == ("no_answer", "no_answer", 1)
    assert story.row.shown_cause == "ring_no_answer"


def test_b4_no_answer_for_some_seconds_returns_on_its_own(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5, ring=20, no_answer=NoAnswer.HOLD_FOR, hold=30)
    tick(25)
    assert story.shown == "no_answer"
    tick(55)
    assert (story.shown, story.row.may_receive) == ("available", True)
    assert (story.row.shown_cause, story.row.ready_since) == ("hold_expired", at(55))


def test_b5_no_answer_stays_until_someone_acts(ada: Agent, bob: Agent) -> None:
    story = Story(ada)
    story.gets(5, ring=20, no_answer=NoAnswer.HOLD)
    tick(9999)
    assert (story.shown, story.row.shown_since) == ("no_answer", at(25))
    story.chooses(10000, "available")
    assert (story.shown, story.row.may_receive) == ("available", True)
    story.gets(10001, "next", ring=20, no_answer=NoAnswer.HOLD)
    tick(10021)
    story.told_by(bob.user_id, 10030, "available")
    assert (story.shown, story.row.shown_cause) == ("available", "supervisor")


def test_b7_rejecting_makes_busy_and_is_no_miss(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5)
    story.then(7, A.REJECTED)
    assert (story.shown, story.why_not, story.missed()) == ("busy", "mode", 0)
    assert (story.row.shown_cause, story.leg().outcome) == ("rejected", "rejected")
    assert story.gets(8, interaction=story.leg().interaction) is Result.REFUSED


def test_b7_a_pending_mode_applies_instead(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5)
    story.chooses(6, "back_office")
    story.then(7, A.REJECTED)
    assert (story.shown, story.row.mode_id) == ("back_office", "back_office")


def test_b8_a_caller_who_gives_up_is_no_miss(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5)
    story.then(7, A.HUNG_UP)
    assert (story.shown, story.row.may_receive, story.missed()) == ("available", True, 0)


def test_b9_an_answer_withdraws_the_others_offers_without_a_penalty(ada: Agent, bob: Agent) -> None:
    call, anna, ben = make_interaction(), Story(ada), Story(bob)
    anna.gets(5, "a", interaction=call, ring=20)
    ben.gets(5, "b", interaction=call, ring=20)
    ben.chooses(6, "on_break")
    anna.then(9, A.ANSWERED, "a")
    assert (anna.shown, ben.shown) == ("on_call", "on_break")
    assert (ben.missed(), ben.leg("b").outcome) == (0, "withdrawn")
    assert ben.row.shown_since == at(9)


def test_b9_only_one_of_two_answers_wins(ada: Agent, bob: Agent) -> None:
    call, anna, ben = make_interaction(), Story(ada), Story(bob)
    anna.gets(5, "a", interaction=call)
    ben.gets(5, "b", interaction=call)
    anna.then(9, A.ANSWERED, "a")
    assert ben.then(9, A.ANSWERED, "b") is Result.REFUSED
    assert (anna.shown, ben.shown) == ("on_call", "available")


def test_b10_a_rejection_leaves_the_others_ringing(ada: Agent, bob: Agent) -> None:
    call, anna, ben = make_interaction(), Story(ada), Story(bob)
    anna.gets(5, "a", interaction=call)
    ben.gets(5, "b", interaction=call)
    anna.then(6, A.REJECTED, "a")
    assert (anna.shown, ben.shown) == ("busy", "ringing")
    call.refresh_from_db()
    assert call.ended_at is None


def test_b11_everyone_who_let_it_ring_has_exactly_one_miss(ada: Agent, bob: Agent) -> None:
    call, stories = make_interaction(), [Story(ada), Story(bob)]
    for story in stories:
        story.gets(5, "leg", interaction=call, ring=20, no_answer=NoAnswer.HOLD)
    tick(30)
    tick(60)
    assert [(story.shown, story.missed()) for story in stories] == [("no_answer", 1)] * 2


def test_b12_two_ends_of_one_leg_are_one_miss_and_one_transition(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5, no_answer=NoAnswer.HOLD)
    story.then(25, A.RING_TIMED_OUT)
    before = story.row
    assert story.then(25, A.WITHDRAWN) is Result.REFUSED
    assert (story.row.version, story.missed(), story.shown) == (before.version, 1, "no_answer")


@pytest.mark.parametrize("first_reported", ["reject", "other"])
def test_b13_what_comes_after_the_end_changes_nothing(ada: Agent, first_reported: str) -> None:
    story = Story(ada)
    story.gets(5, no_answer=NoAnswer.HOLD)
    late = A.RING_TIMED_OUT if first_reported == "reject" else A.WITHDRAWN
    story.then(7, A.REJECTED)
    story.then(7, late)
    assert (story.shown, story.leg().outcome) == ("busy", "rejected")
    assert story.history == [("available", 5), ("ringing", 2)]


@pytest.mark.parametrize("ending", [A.RING_TIMED_OUT, A.REJECTED, A.WITHDRAWN, A.HUNG_UP])
def test_b14_a_break_chosen_while_it_rings_is_where_the_agent_lands(
    ada: Agent, ending: LegAction
) -> None:
    story = Story(ada)
    story.gets(5, no_answer=NoAnswer.HOLD)
    story.chooses(6, "on_break")
    assert (story.shown, story.row.pending_id, story.why_not) == ("ringing", "on_break", "pending")
    story.then(9, ending)
    assert (story.shown, story.row.pending_id) == ("on_break", None)
    assert story.history == [("available", 5), ("ringing", 4)]


def test_b15_available_from_no_answer_clears_what_waited(ada: Agent) -> None:
    story = Story(ada)
    story.gets(1, no_answer=NoAnswer.HOLD)
    story.then(21, A.RING_TIMED_OUT)
    story.gets(30, "second")
    story.logs_out(31)
    assert (story.shown, story.row.pending_id) == ("ringing", "offline")
    story.chooses(32, "available")
    assert story.row.pending_id is None
    story.then(33, A.WITHDRAWN, "second")
    assert (story.shown, story.row.may_receive) == ("available", True)
