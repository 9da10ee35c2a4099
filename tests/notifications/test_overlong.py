"""Who is in a status for too long is told once when it is over, and once when it is far over."""

import pytest
from django.utils import translation

from notifications import making, overlong
from notifications.kinds import SENDABLE
from notifications.models import Notice
from notifications.words import labels, words
from presence.models import Agent, Status
from tests.factories import at, choose

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_break(ada: Agent) -> Agent:
    Status.objects.filter(pk="on_break").update(max_seconds=600, critical_seconds=900)
    choose(ada, "on_break", 0)
    return ada


def look(seconds: float) -> list[str]:
    """What is told by then, of what was not told yet."""
    if found := overlong.find(at(seconds)):
        making.make(found, at(seconds))
    return [news.data["level"] for news in found]


def test_a7_an_over_long_break_warns_once_then_turns_critical_once(on_break: Agent) -> None:
    assert [look(599), look(600), look(601)] == [[], ["warning"], []]
    assert [look(899), look(900), look(901)] == [[], ["critical"], []]
    notices = list(Notice.objects.order_by("pk"))
    assert [notice.at for notice in notices] == [at(600), at(900)]


def test_the_next_break_warns_anew(on_break: Agent) -> None:
    assert look(600) == ["warning"]
    choose(on_break, "available", 700)
    choose(on_break, "on_break", 800)
    assert look(1399) == []
    assert look(1400) == ["warning"]


def test_without_a_critical_duration_it_stays_a_warning(on_break: Agent) -> None:
    Status.objects.update(critical_seconds=None)
    assert [look(700), look(1000)] == [["warning"], []]


def test_what_was_over_for_long_when_a_limit_is_set_is_no_news(ada: Agent) -> None:
    choose(ada, "on_break", 0)
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    assert look(60 + SENDABLE.total_seconds() + 1) == []


def test_a_status_without_a_limit_warns_nobody(ada: Agent) -> None:
    choose(ada, "on_break", 0)
    assert look(100_000) == []


def test_an_agent_who_is_deactivated_is_not_warned(on_break: Agent) -> None:
    Agent.objects.update(active=False)
    assert look(600) == []


def test_it_says_what_and_how_long(on_break: Agent) -> None:
    look(600)
    with translation.override("en"):
        said = words(Notice.objects.get(), labels())
    assert (said.title, said.text) == ("On Break: over", "It has lasted longer than 10 minutes.")
