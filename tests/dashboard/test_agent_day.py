"""An agent's page: who may look, what it tells, and how little it asks the database."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from presence.events import Choice, LegAction, PhoneReach
from presence.models import Agent, Interval, Transition
from routing.models import Leg, LegSpan
from tests.factories import (
    START,
    at,
    make_agent,
    make_interaction,
    make_queue,
    make_reason,
    make_user,
    supervising,
)
from tests.presence.story import Story

pytestmark = pytest.mark.django_db

A = LegAction
DAY = {"day": START.date().isoformat()}


@pytest.fixture
def sam(client: Client) -> Client:
    user = make_user("sam")
    user.user_permissions.add(*supervising())
    client.force_login(user)
    return client


def see(client: Client, agent: Agent, **query: Any) -> str:
    answer = client.get(reverse("agent_day", args=[agent.pk]), DAY | query)
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- who may look ------------------------------------------------------------------------------


def test_f2_an_agent_sees_their_own_day_and_nobody_elses(
    client: Client, ada: Agent, bob: Agent
) -> None:
    client.force_login(ada.user)
    assert "Ada" in see(client, ada)
    for other in (bob.pk, 999_999):  # nor whether there is one
        assert client.get(reverse("agent_day", args=[other])).status_code == 403


def test_who_is_signed_out_is_led_to_the_log_in(client: Client, ada: Agent) -> None:
    answer = client.get(reverse("agent_day", args=[ada.pk]))
    assert answer.status_code == 302
    assert reverse("login") in answer["Location"]


def test_an_agent_who_does_not_exist_is_not_found(sam: Client) -> None:
    assert sam.get(reverse("agent_day", args=[999_999])).status_code == 404


def test_acts_are_for_supervisors_and_still_only_posted(
    sam: Client, ada: Agent, bob: Agent
) -> None:
    act = reverse("set_mode", args=[ada.pk])
    today = reverse("agent_day", args=[ada.pk])
    assert act in sam.get(today).content.decode()
    assert sam.get(reverse("act", args=[ada.pk, "log_out_agent"])).status_code == 405
    own = Client()
    own.force_login(ada.user)
    assert act not in own.get(today).content.decode()


def test_a_day_leads_back_to_the_monitor_with_its_filters(sam: Client, ada: Agent) -> None:
    page = reverse("agent_day", args=[ada.pk])
    filtered = "http://testserver/monitor/?team=1&sort=agent"
    came = sam.get(page, headers={"Referer": filtered}).content.decode()
    assert '<a href="/monitor/?team=1&amp;sort=agent">' in came
    earlier = re.search(r'id="day-previous" rel="prev" href="([^"]+)"', came)
    assert earlier
    went_on = sam.get(page + unescape(earlier[1])).content.decode()
    assert '<a href="/monitor/?team=1&amp;sort=agent">' in went_on
    for other in ("https://evil.example/monitor/?team=1", "http://testserver/reports/"):
        assert '<a href="/monitor/"><' in sam.get(page, headers={"Referer": other}).content.decode()
    led_astray = sam.get(page, {"next": "https://evil.example/"}).content.decode()
    assert '<a href="/monitor/"><' in led_astray


def test_f6_the_day_of_one_who_was_deactivated_is_still_read(sam: Client, ada: Agent) -> None:
    Story(ada).chooses(60, "busy")
    Agent.objects.update(active=False)
    page = see(sam, ada)
    assert "Deactivated" in page
    assert "Busy" in page
    assert reverse("set_mode", args=[ada.pk]) not in page


# --- what is asked for -------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "", "0001-01-01", "9999-12-31", "\x00"])
def test_a_day_that_there_is_not_is_refused_in_words(sam: Client, ada: Agent, day: str) -> None:
    answer = sam.get(reverse("agent_day", args=[ada.pk]), {"day": day})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", ""])
def test_a_page_that_there_is_not_is_the_nearest(sam: Client, ada: Agent, page: str) -> None:
    assert "Page" not in see(sam, ada, page=page)


def test_g14_a_day_is_the_viewers_own(sam: Client, ada: Agent) -> None:
    """09:00 UTC is 22:00 in Auckland: an hour and 59 minutes of it are that day's."""
    Story(ada).chooses(4 * 3600, "busy")
    sam.cookies["timezone"] = "Pacific/Auckland"
    page = see(sam, ada)
    assert "2:00:00" in page
    assert "Times of Pacific/Auckland." in page


def test_the_whole_day_is_drawn_on_demand(sam: Client, ada: Agent) -> None:
    Story(ada).chooses(3600, "offline")
    assert ">09:00</text>" in see(sam, ada)
    assert ">04:00</text>" not in see(sam, ada)
    assert ">04:00</text>" in see(sam, ada, axis="day")


# --- what it tells -----------------------------------------------------------------------------


def test_the_table_has_every_bar_of_the_drawing(sam: Client, ada: Agent) -> None:
    queue = make_queue("Helpdesk", members=[ada])
    call = make_interaction(queue=queue, caller="0207")
    story = Story(ada)
    story.gets(60, interaction=call)
    story.then(80, A.RING_TIMED_OUT)
    story.chooses(90, "on_break", make_reason(label="Lunch").pk)
    page = see(sam, ada)
    table = page[page.index('id="day-table"') : page.index('id="totals-head"')]
    for told in ("Ringing", "Missed", "Helpdesk · 0207", "On Break", "Lunch", "09:01:20"):
        assert told in table
    assert page.count("<title>") - 1 == table.count("<tr>") - 1


def test_calls_are_told_with_their_outcome_in_words_and_by_a_sign(sam: Client, ada: Agent) -> None:
    story = Story(ada)
    story.gets(10, "missed")
    story.then(20, A.RING_TIMED_OUT, "missed")
    story.chooses(25, "available")
    story.gets(30, "rejected")
    story.then(40, A.REJECTED, "rejected")
    story.gets(45, "withdrawn")
    story.then(50, A.WITHDRAWN, "withdrawn")
    story.talks(60, "handed")
    story.then(90, A.TRANSFERRED, "handed")
    story.talks(100, "handled")
    story.then(130, A.HUNG_UP, "handled")
    story.dials(140, "dialed")
    story.then(150, A.HUNG_UP, "dialed")
    story.talks(160, "live")
    page = see(sam, ada)
    calls = page[page.index('id="calls-box"') : page.index('id="changes"')]
    for outcome in ("Missed", "Rejected", "Withdrawn", "Transferred", "Handled", "Not answered"):
        assert calls.count(outcome) == 1
    assert calls.count("In progress") == 1
    assert calls.count("#missed") == calls.count("#no") == 1
    assert calls.count("Outbound") == 1


def test_f3_f5_what_was_deactivated_or_renamed_keeps_its_place(sam: Client, ada: Agent) -> None:
    lunch = make_reason(label="Lunch")
    Story(ada).chooses(60, "on_break", lunch.pk)
    Story(ada).chooses(120, "available")
    lunch.active = False
    lunch.label = "Meal"
    lunch.save()
    page = see(sam, ada)
    assert "Meal" in page
    assert "Lunch" not in page


def test_long_lists_of_changes_come_in_pages(sam: Client, ada: Agent) -> None:
    for n in range(70):
        Story(ada).chooses(n + 1, "busy" if n % 2 else "available")
    first, second = see(sam, ada), see(sam, ada, page=2)
    assert "Page 1 of 2" in first
    assert "&amp;page=2&amp;next=%2Fmonitor%2F#changes" in first
    assert "Page 2 of 2" in second
    assert "&amp;page=1&amp;next=%2Fmonitor%2F#changes" in second


def test_signs_of_life_are_told_only_where_everything_is_asked_for(sam: Client, ada: Agent) -> None:
    Story(ada).chooses(5, "busy")
    Story(ada).phone(10, reach=PhoneReach.REACHABLE)
    few, everything = see(sam, ada), see(sam, ada, changes="all")
    assert "Chose Busy." in few
    assert "The phone can be reached." not in few
    assert "The phone can be reached." in everything


def test_the_agents_own_page_tells_the_same_of_today(client: Client) -> None:
    now = timezone.now()
    ada = make_agent("Ada", mode="available", start=now - timedelta(seconds=30))
    client.force_login(ada.user)
    page = client.get(reverse("agent_page")).content.decode()
    assert 'class="timeline"' in page
    assert "Average handle time" in page
    assert reverse("agent_day", args=[ada.pk]) in page


# --- what it asks ------------------------------------------------------------------------------


def fill(agent: Agent, intervals: int, calls: int) -> None:
    """A long day, written straight into history."""
    user = agent.user
    step = timedelta(seconds=40)
    rows = [
        Interval(
            agent=agent,
            version=100 + n,
            status_id="busy" if n % 2 else "on_break",
            started_at=START + step * n,
            ended_at=START + step * (n + 1),
            cause="supervisor",
            actor=user,
        )
        for n in range(intervals)
    ]
    Interval.objects.bulk_create(rows)
    Transition.objects.bulk_create(
        Transition(
            agent=agent,
            version=row.version,
            at=row.started_at,
            event="Choose",
            source="rollcall",
            details={"choice": vars(Choice(row.status_id))},
            actor=user,
        )
        for row in rows
    )
    for n in range(calls):
        leg = Leg.objects.create(
            interaction=make_interaction(queue=make_queue() if n < 9 else None),
            agent=agent,
            external_id=f"leg{n}",
            state="ended",
            started_at=at(n * 60),
            answered_at=at(n * 60 + 5),
            ended_at=at(n * 60 + 50),
            outcome="hung_up",
        )
        for state, begins, ends in (("offered", 0, 5), ("handling", 5, 50)):
            began, ended = at(n * 60 + begins), at(n * 60 + ends)
            LegSpan(leg=leg, agent=agent, state=state, started_at=began, ended_at=ended).save()


@pytest.fixture
def asked(sam: Client) -> Callable[[Agent], int]:
    def count(agent: Agent) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            see(sam, agent)
        return len(queries)

    return count


def test_a_long_day_asks_no_more_than_a_short_one(asked: Callable[[Agent], int]) -> None:
    short, long = make_agent("Short", mode="busy"), make_agent("Long", mode="busy")
    fill(short, 2, 2)
    fill(long, 500, 200)
    assert asked(long) == asked(short) <= 25
