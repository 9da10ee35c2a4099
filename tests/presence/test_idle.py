"""A mode that ends for want of any sign of the agent, which is not a lost connection (E12)."""

import pytest

from presence import clock
from presence.actions import Result
from presence.connections import Lease
from presence.events import Active, LegAction
from presence.models import Agent, Interval, Status, Transition
from tests.factories import at, make_agent, make_interaction
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(ada: Agent) -> Story:
    """Ada, Available since the beginning; ten idle minutes make her Busy."""
    Status.objects.filter(pk="available").update(idle_seconds=600, after_idle_id="busy")
    told = Story(ada)
    told.chooses(0, "busy")
    told.chooses(0, "available")
    return told


def is_seen(story: Story, seconds: float) -> Result:
    return story.does(Active(at=at(seconds)))


def test_ten_minutes_without_a_sign_lead_to_the_mode_that_follows(story: Story) -> None:
    assert (story.row.deadline_at, tick(599)) == (at(600), 0)
    tick(660)
    row = story.row
    assert (row.shown_status_id, row.shown_since) == ("busy", at(600))
    assert (row.shown_cause, row.mode_cause, row.mode_actor) == ("idle", "idle", None)
    story.chooses(700, "available")
    assert Interval.objects.get(agent=story.agent, cause="idle").ended_at == at(700)


def test_a_sign_puts_it_off_and_makes_neither_a_version_nor_history(story: Story) -> None:
    before = story.row
    assert is_seen(story, 300) is Result.NOTED
    after = story.row
    assert (after.active_at, after.deadline_at) == (at(300), at(900))
    assert (after.version, after.shown_since) == (before.version, before.shown_since)
    assert not Transition.objects.filter(agent=story.agent, event="Active").exists()
    tick(899)
    assert story.shown == "available"
    tick(900)
    assert story.shown == "busy"


def test_e12_a_late_sign_brings_nobody_back(story: Story) -> None:
    tick(601)
    assert is_seen(story, 599) is Result.NOTED
    is_seen(story, 700)
    assert story.shown == "busy"


def test_a_sign_older_than_the_last_changes_nothing(story: Story) -> None:
    is_seen(story, 300)
    assert is_seen(story, 200) is Result.UNCHANGED
    assert story.row.active_at == at(300)


def test_a_call_does_not_count_and_its_end_is_a_sign(story: Story) -> None:
    story.talks(10)
    assert (tick(5000), story.shown) == (0, "on_call")
    story.then(5000, LegAction.HUNG_UP)
    assert (story.shown, story.row.deadline_at) == ("available", at(5600))


def test_a_ring_that_nobody_heard_is_none(story: Story) -> None:
    story.gets(590, ring=20, no_answer="hold")
    tick(611)
    row = story.row
    assert (row.shown_status_id, row.mode_id, row.mode_cause) == ("no_answer", "busy", "idle")


def test_who_rejects_a_call_is_there(story: Story) -> None:
    story.chooses(1, "on_break")
    Status.objects.filter(pk="on_break").update(idle_seconds=600, after_idle_id="offline")
    story.gets(500)
    story.then(510, LegAction.REJECTED)
    assert story.row.deadline_at == at(1110)


def test_a_choice_begins_it_anew(story: Story) -> None:
    story.chooses(500, "on_break")
    story.chooses(550, "available")
    assert story.row.deadline_at == at(1150)


def test_nobody_becomes_more_available_by_it(story: Story) -> None:
    Status.objects.filter(pk="on_break").update(idle_seconds=600, after_idle_id="available")
    story.chooses(1, "on_break")
    assert (tick(9999), story.shown) == (0, "on_break")


def test_it_is_looked_for_at_a_page_and_begins_when_one_opens(story: Story) -> None:
    """Whoever works by phone alone gives no sign; a lost connection is another rule's."""
    lease, phone = Lease(), Story(make_agent(mode="available", connected=False))
    assert phone.row.deadline_at is None
    lease.opened(phone.agent.pk, at(5000))
    assert phone.row.deadline_at == at(5600)
    lease.closed(phone.agent.pk, at(5100))
    tick(9999)
    assert (phone.shown, phone.row.mode_id) == ("offline", "available")
    assert clock.next_due() is None


def test_a_page_that_is_reloaded_is_no_sign(story: Story) -> None:
    lease = Lease()
    lease.opened(story.agent.pk, at(1))
    lease.closed(story.agent.pk, at(300))
    lease.opened(story.agent.pk, at(302))
    assert story.row.deadline_at == at(600)


def test_who_only_listened_in_was_there(story: Story) -> None:
    call = make_interaction(seconds=100)
    story.gets(100, "ear", interaction=call, action=LegAction.MONITORED)
    story.then(400, LegAction.HUNG_UP, "ear")
    assert story.row.deadline_at == at(1000)
