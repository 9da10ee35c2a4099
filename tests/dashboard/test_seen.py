"""What a sight holds of a frame, and what changes with it."""

import pytest
from django.utils import timezone

from alerts.models import Alert, Rule
from dashboard.board import Board, Frame
from dashboard.seen import Seen
from presence import actions
from presence.models import Agent, Team
from routing.sight import EVERYTHING, Sight
from tests.factories import call_in, make_queue
from tests.two_teams import ada, blue, bob

__all__ = ["ada", "blue", "bob"]

pytestmark = pytest.mark.django_db


def of(*teams: Team) -> Seen:
    return Seen(Sight(limited=True, teams=frozenset(team.pk for team in teams)))


def whole(board: Board) -> Frame:
    board.read(board.differing())
    return board.everything()


def raise_alert(subject: str) -> None:
    now = timezone.now()
    Alert.objects.create(
        rule=Rule.objects.all()[0],
        subject=subject,
        name=subject,
        severity="warning",
        since=now,
        raised_at=now,
    )


def test_a_frame_passes_as_it_is_where_nothing_is_limited(ada: Agent) -> None:
    frame = whole(Board())
    assert Seen(EVERYTHING).frame(frame) is frame


def test_rows_lists_and_alerts_are_those_of_the_sight(blue: Team, ada: Agent, bob: Agent) -> None:
    for subject in (f"agent:{ada.pk}", f"agent:{bob.pk}", f"team:{bob.team_id}", "connector:1"):
        raise_alert(subject)
    seen = of(blue).frame(whole(Board()))
    assert list(seen.rows) == [ada.pk]
    assert seen.around
    assert seen.around.lists
    assert seen.around.lists.teams == ((blue.pk, "Blue"),)
    assert {alert.subject for alert in seen.around.alerts or ()} == {
        f"agent:{ada.pk}",
        "connector:1",
    }


def test_what_follows_an_agent_comes_and_goes_with_them(blue: Team, ada: Agent, bob: Agent) -> None:
    """Their row, their queue, its name to filter by, and the alerts about both."""
    queue = make_queue("Sales", members=[bob])
    raise_alert(f"agent:{bob.pk}")
    raise_alert(f"queue:{queue.pk}")
    board, seen = Board(), of(blue)
    seen.frame(whole(board))
    _move(bob, blue)
    came = seen.frame(board.read({bob.pk}))
    assert (list(came.rows), came.gone, came.order) == ([bob.pk], (), (queue.pk,))
    assert came.around
    assert came.around.lists
    assert came.around.lists.queues == ((queue.pk, "Sales"),)
    assert len(came.around.alerts or ()) == 2
    _move(bob, None)
    left = seen.frame(board.read({bob.pk}))
    assert (left.rows, left.gone, left.order) == ({}, (bob.pk,), ())
    assert left.around
    assert left.around.alerts == ()


def _move(agent: Agent, team: Team | None) -> None:
    Agent.objects.filter(pk=agent.pk).update(team=team)
    actions.refresh([agent.pk])


def test_of_a_queue_that_is_seen_every_caller_counts(blue: Team, ada: Agent, bob: Agent) -> None:
    queue = make_queue("Sales", members=[ada, bob])
    call_in(queue)
    (card,) = of(blue).frame(whole(Board())).cards.values()
    assert (card.waiting, card.people.ready) == (1, 1)


def test_nothing_is_told_of_what_changes_elsewhere(blue: Team, ada: Agent, bob: Agent) -> None:
    board, seen = Board(), of(blue)
    seen.frame(whole(board))
    actions.refresh([bob.pk])
    assert seen.frame(board.read({bob.pk})) == Frame()
