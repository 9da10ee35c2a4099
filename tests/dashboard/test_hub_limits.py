"""Boards of those whose sight is limited: what leaves it is gone, what comes into it is there."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from dashboard import hub as hubs
from dashboard import tickets
from dashboard.hub import Hub
from dashboard.tickets import Ticket
from presence import actions
from presence.models import Agent, Team
from routing.models import Limit, Queue
from routing.sight import Sight
from tests import factories
from tests.dashboard.test_hub import (
    Socket,
    cards,
    choose,
    hub,
    in_database,
    shows,
    tells,
    watch,
)

__all__ = ["hub"]

pytestmark = pytest.mark.usefixtures("committed")


@in_database
def make_team(name: str) -> Team:
    return factories.make_team(name)


@in_database
def make_agent(name: str, team: Team) -> Agent:
    return factories.make_agent(name, mode="available", team=team)


@in_database
def make_queue(name: str, *members: Agent) -> Queue:
    queue = factories.make_queue(name, members=members)
    actions.refresh(agent.pk for agent in members)
    return queue


@in_database
def move(agent: Agent, team: Team) -> None:
    """As the admin does."""
    Agent.objects.filter(pk=agent.pk).update(team=team)
    actions.refresh([agent.pk])


@in_database
def make_lead(name: str, team: Team) -> User:
    """A supervisor who is limited to a team."""
    user = factories.make_user(name)
    user.user_permissions.set(factories.supervising())
    factories.make_limit(user, teams=[team])
    return user


@in_database
def free(user: User) -> None:
    user.limits.clear()


def limited(*teams: Team, user: User | None = None) -> Ticket:
    sight = Sight(limited=True, teams=frozenset(team.pk for team in teams))
    return Ticket(user.pk if user else None, None, monitor=True, sight=sight)


def only(*agents: Agent) -> Callable[[Socket], bool]:
    return lambda socket: set(socket.rows()) == {str(agent.pk) for agent in agents}


async def test_nothing_is_told_of_whom_they_do_not_see(hub: Hub) -> None:
    blue, red = await make_team("Blue"), await make_team("Red")
    ada, bob = await make_agent("Ada", blue), await make_agent("Bob", red)
    whole = await watch(hub)
    await whole.until(only(ada, bob))
    socket = await watch(hub, limited(blue))
    await socket.until(shows(ada, "Available"))
    await choose(bob, "busy")
    await choose(ada, "busy")
    await socket.until(shows(ada, "Busy"))
    await whole.until(shows(bob, "Busy"))
    assert "Bob" not in str(socket.messages)
    assert "Red" not in str(socket.messages)


async def test_who_changes_teams_leaves_one_board_and_comes_to_another(hub: Hub) -> None:
    blue, red = await make_team("Blue"), await make_team("Red")
    ada, bob = await make_agent("Ada", blue), await make_agent("Bob", red)
    for_blue, for_red = await watch(hub, limited(blue)), await watch(hub, limited(red))
    await for_blue.until(only(ada))
    await for_red.until(only(bob))
    await move(ada, red)
    await for_blue.until(only())
    await for_red.until(only(ada, bob))
    await move(bob, blue)
    await for_blue.until(only(bob))
    await for_red.until(only(ada))


async def test_the_strip_has_their_queues_and_counts_whom_they_see(hub: Hub) -> None:
    blue, red = await make_team("Blue"), await make_team("Red")
    ada, bob = await make_agent("Ada", blue), await make_agent("Bob", red)
    sales, support = await make_queue("Sales", ada, bob), await make_queue("Support", bob)
    socket, whole = await watch(hub, limited(blue)), await watch(hub)
    await whole.until(tells(support, "Support"))
    await socket.until(tells(sales, "</svg>1<"))
    assert set(cards(socket)) == {str(sales.pk)}
    await choose(ada, "busy")
    await socket.until(tells(sales, "Nobody ready"))
    assert "Nobody ready" not in cards(whole)[str(sales.pk)]
    await move(ada, red)
    await socket.until(lambda socket: not cards(socket))


async def test_boards_of_one_limit_are_told_the_same_text(hub: Hub) -> None:
    blue = await make_team("Blue")
    ada = await make_agent("Ada", blue)
    sockets = [await watch(hub, limited(blue)) for _ in range(3)]
    for socket in sockets:
        await socket.until(only(ada))
    assert len(hub._editions) == 1


async def test_a_limit_that_changes_changes_open_boards(hub: Hub) -> None:
    blue, red = await make_team("Blue"), await make_team("Red")
    ada, bob = await make_agent("Ada", blue), await make_agent("Bob", red)
    lead = await make_lead("lead", blue)
    socket = await watch(hub, limited(blue, user=lead))
    await socket.until(only(ada))
    await in_database(lambda: Limit.objects.get().teams.set([red]))()
    await hub._recheck()
    await socket.until(only(bob))
    await free(lead)
    await hub._recheck()
    await socket.until(only(ada, bob))
    assert socket.closed is None


async def test_who_leaves_the_group_of_supervisors_is_shown_out(hub: Hub) -> None:
    blue = await make_team("Blue")
    lead = await make_lead("lead", blue)
    socket = await watch(hub, limited(blue, user=lead))
    await hub._recheck()
    assert socket.closed is None
    await in_database(lead.user_permissions.clear)()
    await hub._recheck()
    await socket.until(lambda socket: socket.closed == hubs.SIGNED_OUT)


async def test_an_old_ticket_opens_nothing_that_was_taken_away(hub: Hub) -> None:
    """The page has it still, and it is not ten minutes old."""
    blue, red = await make_team("Blue"), await make_team("Red")
    lead = await make_lead("lead", blue)
    wide = limited(blue, red, user=lead)
    assert await hub.admit(wide) == wide  # no question is asked
    await watch(hub, wide)
    await hub._recheck()
    assert await hub.admit(wide) == limited(blue, user=lead)
    await in_database(lead.user_permissions.clear)()
    assert await hub.admit(wide) is None


async def test_hubs_look_every_few_seconds_in_portions(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At all sockets, and never at one of them alone."""
    assert hubs.RECHECK_EVERY <= 3
    monkeypatch.setattr(hubs, "RECHECK_AT_ONCE", 20)
    asked: list[int] = []

    def current(found: list[Ticket]) -> dict[Ticket, Ticket]:
        asked.append(len(found))
        return {one: one for one in found}

    monkeypatch.setattr(tickets, "current", current)
    for user in range(1, 51):
        await watch(hub, Ticket(user, user, monitor=False))
    await hub._recheck()
    assert asked == [20, 20, 10]
