"""Who gives no sign is told a minute before their mode ends by it, once for each end."""

import pytest
from django.utils import translation

from notifications import idling, making
from notifications.models import Notice
from notifications.words import labels, words
from presence.actions import apply, refresh
from presence.events import Active
from presence.models import Agent, Status
from tests.factories import at, choose

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(ada: Agent) -> Agent:
    """Ada, whose Available ends after ten minutes without a sign."""
    Status.objects.filter(pk="available").update(idle_seconds=600, after_idle="busy")
    refresh([ada.pk])
    return ada


def look(seconds: float) -> int:
    """How many are told by then, of those who were not told yet."""
    found = idling.find(at(seconds))
    making.make(found, at(seconds))
    return len(found)


def test_an_agent_who_gives_no_sign_is_told_once_a_minute_ahead(watched: Agent) -> None:
    assert [look(539), look(540), look(541), look(599)] == [0, 1, 0, 0]
    assert [notice.at for notice in Notice.objects.all()] == [at(540)]


def test_after_a_sign_the_next_end_is_told_anew(watched: Agent) -> None:
    assert look(550) == 1
    apply(watched.pk, Active(at=at(560)))
    assert [look(561), look(1099), look(1100)] == [0, 0, 1]


def test_another_deadline_that_is_near_tells_nobody(watched: Agent) -> None:
    Status.objects.filter(pk="available").update(max_seconds=300, after_maximum="busy")
    refresh([watched.pk])
    assert look(250) == 0


def test_a_mode_without_an_idle_time_out_tells_nobody(watched: Agent) -> None:
    choose(watched, "on_break", 10)
    assert look(550) == 0


def test_it_says_what_follows(watched: Agent) -> None:
    look(550)
    with translation.override("en"):
        said = words(Notice.objects.get(), labels())
    assert said.title == "Are you there?"
    assert said.text == "Without a sign of you, Busy follows soon."
