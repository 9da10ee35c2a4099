"""BEHAVIOURS G: events and time, as far as presence decides."""

from datetime import timedelta
from itertools import pairwise

import pytest

from presence.actions import EVENTS, Result
from presence.events import Cause, Choice, Choose, LegAction
from presence.models import Agent, Interval, Transition
from tests.factories import at, call_of, leg_event, make_interaction
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db

A = LegAction


@pytest.fixture
def story(ada: Agent) -> Story:
    return Story(ada)


def test_g1_an_event_that_is_replayed_changes_nothing(story: Story) -> None:
    event = Choose(at=at(5), source="api", id="77", choice=Choice("busy"))
    assert story.does(event) is Result.APPLIED
    story.chooses(10, "available")
    before = story.row
    assert story.does(event) is Result.DUPLICATE
    assert (story.row.version, story.shown) == (before.version, "available")


def test_g1_the_same_id_of_another_source_or_agent_is_another_event(
    story: Story, bob: Agent
) -> None:
    event = Choose(at=at(5), source="api", id="77", choice=Choice("busy"))
    story.does(event)
    assert Story(bob).does(event) is Result.APPLIED
    other = Choose(at=at(6), source="pbx", id="77", choice=Choice("available"))
    assert story.does(other) is Result.APPLIED


def test_g1_events_without_an_id_are_never_taken_for_one_another(story: Story) -> None:
    assert story.chooses(5, "busy") is Result.APPLIED
    assert story.chooses(6, "available") is Result.APPLIED


def test_g2_an_answer_after_the_end_is_ignored(story: Story) -> None:
    story.gets(5)
    story.then(9, A.HUNG_UP)
    assert story.then(8, A.ANSWERED) is Result.REFUSED
    assert (story.shown, story.row.legs) == ("available", [])


def test_g2_even_if_the_end_was_the_first_that_was_heard_of_it(story: Story) -> None:
    call = call_of(make_interaction())
    story.then(9, A.HUNG_UP, call=call)
    for action in (A.OFFERED, A.ANSWERED):
        assert story.does(leg_event(action, 8, call=call)) is Result.REFUSED
    assert story.shown == "available"


@pytest.mark.parametrize("action", [A.HELD, A.RESUMED, A.CONSULTED, A.WRAP_UP_DONE])
def test_g3_an_event_for_no_call_of_theirs_is_ignored(story: Story, action: LegAction) -> None:
    before = story.row.version
    assert story.then(5, action, "never heard of") is Result.REFUSED
    assert story.row.version == before


def test_g3_what_is_ignored_is_counted(story: Story) -> None:
    refused = EVENTS.labels("LegEvent", Cause.CALL, "refused")
    before = refused._value.get()
    story.then(5, A.HELD, "never heard of")
    assert refused._value.get() == before + 1


def test_g11_a_clock_set_back_makes_no_negative_or_doubled_durations(story: Story) -> None:
    story.gets(100)
    story.then(110, A.ANSWERED)
    story.then(-190, A.HUNG_UP)
    story.chooses(-180, "busy")
    story.chooses(150, "available")
    story.chooses(160, "busy")
    intervals = list(Interval.objects.filter(agent=story.agent))
    assert all(i.ended_at >= i.started_at for i in intervals)
    assert all(a.ended_at == b.started_at for a, b in pairwise(intervals))
    assert story.history == [
        ("available", 100),
        ("ringing", 10),
        ("busy", 40),
        ("available", 10),
    ]


def test_g11_timers_set_before_the_clock_went_back_still_fire_once(story: Story) -> None:
    story.talks(100, wrap_up=20)
    story.then(110, A.HUNG_UP)
    assert tick(-170) == 0
    assert tick(131) == 1
    assert tick(131) == 0


def test_g16_intervals_cover_the_time_without_gap_or_overlap(story: Story) -> None:
    story.gets(5)
    story.then(9, A.ANSWERED)
    story.chooses(30, "on_break")
    story.then(61, A.HUNG_UP)
    story.logs_out(100)
    lasted = sum((seconds for _, seconds in story.history), 0.0)
    assert at(lasted) == story.row.shown_since == at(100)


def test_g17_changes_in_the_same_moment_are_both_kept_in_order(story: Story) -> None:
    for status in ("busy", "on_break", "available", "back_office"):
        story.chooses(5, status)
    intervals = Interval.objects.filter(agent=story.agent).order_by("version")
    assert [i.status_id for i in intervals][-4:] == ["available", "busy", "on_break", "available"]
    versions = [i.version for i in intervals]
    assert versions == sorted(set(versions))
    assert all(i.ended_at - i.started_at == timedelta(0) for i in list(intervals)[-3:])


def test_g24_history_is_neither_edited_nor_deleted(story: Story) -> None:
    story.chooses(5, "busy")
    for row in (Interval.objects.first(), Transition.objects.first()):
        assert row is not None
        with pytest.raises(TypeError, match="only inserted"):
            row.save()
        with pytest.raises(TypeError, match="never deleted"):
            row.delete()
