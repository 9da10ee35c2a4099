"""The queue strip: it counts as the queues' own figures do, and puts forward who needs somebody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import rows, strip
from dashboard.board import Board
from dashboard.rendering import render_card
from dashboard.strip import Card, Strip
from presence.events import LegAction
from presence.models import Agent
from routing import calls, figures, memberships
from routing.actions import apply
from routing.calls import Origin
from routing.figures import Today
from routing.models import Interaction, Queue
from tests.factories import (
    call_in,
    call_of,
    leg_event,
    make_agent,
    make_interaction,
    make_queue,
    make_tier,
    make_user,
    supervising,
)

pytestmark = pytest.mark.django_db


def read() -> dict[str, Card]:
    """The cards of the whole floor by queue, in the strip's order."""
    counted = Strip()
    for row in rows.read():
        counted.put(row)
    return {card.name: card for card in counted.read()}


def call_now(queue: Queue, seconds_ago: float = 0) -> Interaction:
    origin = Origin(timezone.now() - timedelta(seconds=seconds_ago), "pbx")
    return calls.arrive(origin, f"{queue} {Interaction.objects.count()}", queue)


def test_f13_the_strip_counts_what_the_queues_figures_say(ada: Agent, bob: Agent) -> None:
    eve = make_agent("Eve", mode="on_break")
    away = make_agent("Away")
    queue = make_queue("Helpdesk", members=[ada, bob, eve, away])
    make_tier(queue, [ada, bob], 2)
    make_queue("Sales", members=[bob])
    memberships.opt(bob, queue, out=True)
    apply(ada.pk, leg_event(LegAction.OFFERED, call=call_of(make_interaction())))
    for found in figures.read(Queue.objects.all()):
        assert read()[found.queue.name].people == found.workforce
    assert read()["Helpdesk"].people == figures.Workforces(0, 1, 2, 1)


def test_one_who_opted_out_of_one_tier_still_serves_the_queue(ada: Agent) -> None:
    queue = make_queue("Helpdesk", members=[ada])
    tier = make_tier(queue, [ada], 2)
    tier.memberships.update(opted_out=True)
    assert read()["Helpdesk"].people.ready == 1


def test_an_agent_who_changes_or_leaves_is_counted_once(ada: Agent) -> None:
    make_queue("Helpdesk", members=[ada])
    (row,) = rows.read()
    counted = Strip()
    counted.put(row)
    counted.put(row)
    assert counted.read()[0].people.ready == 1
    counted.drop(ada.pk)
    counted.drop(ada.pk)
    assert counted.read()[0].people == figures.Workforces()


def test_callers_whom_nobody_can_take_come_first_and_late_ones_next(ada: Agent) -> None:
    make_queue("Alpha", members=[ada])
    make_queue("Bravo")
    late = make_queue("Charlie", members=[ada], service_level_seconds=20)
    urgent = make_queue("Delta")
    call_now(late, 21)
    call_now(urgent)
    call_now(make_queue("Echo", members=[ada]))
    found = read()
    assert list(found) == ["Delta", "Charlie", "Alpha", "Bravo", "Echo"]
    assert [card.severity for card in found.values()] == ["urgent", "late", "calm", "gap", "calm"]


def test_a_wait_is_told_by_its_longest_caller() -> None:
    queue = make_queue("Helpdesk")
    first = call_in(queue, 0)
    call_in(queue, 5)
    card = read()["Helpdesk"]
    assert (card.waiting, card.longest_since) == (2, first.entries.get().waiting_since)


def test_a_service_level_that_was_just_missed_does_not_read_as_met() -> None:
    card = strip._percent(Today(answered=1000, within=799).service_level or 0)
    assert card == 79
    assert strip._percent(0.29) == 29


def test_a_call_answered_in_the_last_second_is_within_its_own_queues_service_level() -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for name, seconds in (("Slow", 60), ("Swift", 20)):
        queue = make_queue(name, service_level_seconds=seconds)
        for waited in (timedelta(seconds=20), timedelta(seconds=20, milliseconds=1)):
            entry = call_in(queue).entries.get()
            entry.entered_at, entry.outcome = midnight, "answered"
            entry.left_at = midnight + waited
            entry.save()
    found = {queue.name: figures.today([queue])[queue.pk] for queue in Queue.objects.all()}
    assert found["Slow"] == Today(answered=2, within=2)
    assert found["Swift"] == Today(answered=2, within=1)


def test_a_deactivated_queue_has_no_card(ada: Agent) -> None:
    make_queue("Helpdesk", members=[ada], active=False)
    assert read() == {}


def test_the_board_renders_a_card_only_when_it_changed(ada: Agent) -> None:
    queue = make_queue("Helpdesk", members=[ada])
    board = Board()
    first = board.read({ada.pk})
    assert list(first.cards) == [queue.pk]
    assert board.read(set()).cards == {}
    call_now(queue)
    again = board.read(set())
    assert (list(again.cards), again.rows, again.order) == ([queue.pk], {}, (queue.pk,))


def test_a_gap_is_said_in_words(ada: Agent) -> None:
    make_queue("Helpdesk", members=[ada])
    make_queue("Sales")
    found = read()
    assert "Nobody ready" not in render_card(found["Helpdesk"])
    assert "Nobody ready" in render_card(found["Sales"])


def test_reading_the_strip_costs_the_same_for_any_number_of_queues(
    ada: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make_queue(f"Queue {number}", members=[ada])
    counted = Strip()
    (row,) = rows.read()
    counted.put(row)
    with django_assert_num_queries(3):
        counted.read()


@pytest.fixture
def supervisor(client: Client) -> Client:
    sam = make_user("sam")
    sam.user_permissions.add(*supervising())
    client.force_login(sam)
    return client


def test_the_monitor_opens_with_the_strip_and_a_queue_filters_it(
    supervisor: Client, ada: Agent, bob: Agent
) -> None:
    queue = make_queue("Helpdesk", members=[ada])
    page = supervisor.get(reverse("monitor"), {"queue": queue.pk})
    (group,) = page.context["groups"]
    assert [(row.name, shown) for row, shown in group.rows] == [("Ada", True), ("Bob", False)]
    html = page.content.decode()
    assert f'href="?queue={queue.pk}"' in html
    assert f'data-queue="{queue.pk}" data-severity="calm" aria-current="true"' in html


def test_without_queues_there_is_no_strip(supervisor: Client) -> None:
    assert 'aria-label="Queues" hidden' in supervisor.get(reverse("monitor")).content.decode()
