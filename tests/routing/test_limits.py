"""What a limit lets somebody see: the rule in memory and in the database is the same."""

from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from presence.models import Agent, Team
from routing import limits
from routing.models import Interaction, Limit, Queue
from routing.sight import EVERYTHING, NOTHING, Sight
from tests.factories import (
    call_in,
    happen,
    make_agent,
    make_limit,
    make_queue,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def blue() -> Team:
    return make_team("Blue")


@pytest.fixture
def red() -> Team:
    return make_team("Red")


@pytest.fixture
def ada(blue: Team) -> Agent:
    return make_agent("Ada", mode="available", team=blue)


@pytest.fixture
def bob(red: Team) -> Agent:
    return make_agent("Bob", mode="available", team=red)


def names(sight: Sight) -> list[str]:
    return sorted(Agent.objects.filter(limits.agents(sight)).values_list("name", flat=True))


def queues(sight: Sight) -> list[str]:
    return sorted(Queue.objects.filter(limits.queues(sight)).values_list("name", flat=True))


def test_who_is_bound_by_no_limit_sees_everybody(ada: Agent, bob: Agent) -> None:
    sight = limits.sight_of(make_user())
    assert sight == EVERYTHING
    assert names(sight) == ["Ada", "Bob"]


def test_no_limit_binds_a_superuser(ada: Agent) -> None:
    root = make_user(superuser=True)
    make_limit(root)
    assert limits.sight_of(root) == EVERYTHING
    assert limits.sights([root.pk]) == {}


def test_a_team_shows_its_agents_and_the_queues_that_they_serve(
    blue: Team, ada: Agent, bob: Agent
) -> None:
    make_queue("Sales", members=[ada, bob])
    make_queue("Support", members=[bob])
    sight = make_limit(make_user(), teams=[blue]).sight
    assert names(sight) == ["Ada"]
    assert queues(sight) == ["Sales"]


def test_a_queue_shows_its_members_and_the_names_of_their_teams(
    red: Team, ada: Agent, bob: Agent
) -> None:
    support = make_queue("Support", members=[bob])
    make_queue("Sales", members=[ada, bob])
    sight = make_limit(make_user(), queues=[support]).sight
    assert names(sight) == ["Bob"]
    assert queues(sight) == ["Support"]
    assert list(Team.objects.filter(limits.named_teams(sight))) == [red]
    assert not Team.objects.filter(limits.teams(sight))


def test_several_limits_show_what_any_of_them_names(blue: Team, ada: Agent, bob: Agent) -> None:
    user = make_user()
    make_limit(user, teams=[blue])
    make_limit(user, queues=[make_queue("Support", members=[bob])])
    assert names(limits.sight_of(user)) == ["Ada", "Bob"]


def test_a_limit_that_names_nothing_shows_nobody(ada: Agent) -> None:
    user = make_user()
    make_limit(user)
    assert limits.sight_of(user) == NOTHING
    assert names(NOTHING) == queues(NOTHING) == []


def test_a_call_is_seen_by_its_queue_or_by_an_agent_in_it(
    blue: Team, ada: Agent, bob: Agent
) -> None:
    support = make_queue("Support", members=[bob])
    theirs, other = call_in(support), call_in(support)
    happen(theirs, ada, "offered", 1)
    sight = make_limit(make_user(), teams=[blue]).sight
    assert list(Interaction.objects.filter(limits.calls(sight))) == [theirs]
    by_queue = make_limit(make_user(), queues=[support]).sight
    assert set(Interaction.objects.filter(limits.calls(by_queue))) == {theirs, other}


@pytest.mark.parametrize("active", [True, False])
def test_memory_and_database_agree(blue: Team, ada: Agent, bob: Agent, active: bool) -> None:
    """A queue that is not active is on no board, so it shows nobody there either."""
    support = make_queue("Support", members=[bob])
    Queue.objects.update(active=active)
    cy = make_agent("Cy")
    for sight in (
        EVERYTHING,
        NOTHING,
        make_limit(make_user(), teams=[blue]).sight,
        make_limit(make_user(), queues=[support]).sight,
    ):
        served = {bob: [support.pk] if active else []}
        seen = [
            agent.name
            for agent in (ada, bob, cy)
            if sight.has_agent(agent.team_id, served.get(agent, []))
        ]
        assert seen == names(sight)


# --- in the admin -----------------------------------------------------------------------------


@pytest.fixture
def save(client: Client) -> Callable[..., str]:
    """Make a limit there; gives what is said."""
    client.force_login(make_user("root", superuser=True))

    def save(**fields: object) -> str:
        asked = {"name": "Blue only"} | fields
        answer = client.post(reverse("admin:routing_limit_add"), asked, follow=True)
        return unescape(answer.content.decode())

    return save


def test_an_admin_binds_people_to_a_team(save: Callable[..., str], blue: Team) -> None:
    user = make_user("sam")
    save(teams=[blue.pk], users=[user.pk])
    assert limits.sight_of(user) == Sight(limited=True, teams=frozenset({blue.pk}))


def test_a_limit_has_to_name_something(save: Callable[..., str]) -> None:
    assert "Choose a team or a queue" in save()
    assert not Limit.objects.exists()


def test_whoever_may_lift_limits_is_bound_by_none(save: Callable[..., str], blue: Team) -> None:
    boss = make_user("boss")
    boss.groups.add(Group.objects.get(name="Admin"))
    assert "boss may lift limits" in save(teams=[blue.pk], users=[boss.pk])
    assert not Limit.objects.exists()


def test_an_admin_hears_that_a_leader_does_not_see_their_team(
    save: Callable[..., str], blue: Team, red: Team
) -> None:
    user = make_user("sam")
    red.supervisors.add(user)
    assert "leads Red, and does not see all of it." in save(teams=[blue.pk], users=[user.pk])


def test_a_limit_that_binds_somebody_is_not_deleted(client: Client, blue: Team) -> None:
    client.force_login(make_user("root", superuser=True))
    limit = make_limit(make_user(), teams=[blue])
    url = reverse("admin:routing_limit_delete", args=[limit.pk])
    said = client.post(url, {"post": "yes"}, follow=True).content.decode()
    assert "these people would see everybody" in said
    assert Limit.objects.exists()


def test_a_team_that_a_limit_names_is_not_deleted(client: Client, blue: Team) -> None:
    """The limit would lose it, and nobody notice."""
    client.force_login(make_user("root", superuser=True))
    make_limit(make_user(), teams=[blue])
    url = reverse("admin:presence_team_delete", args=[blue.pk])
    assert "a limit names it" in client.post(url, {"post": "yes"}, follow=True).content.decode()
    assert Team.objects.filter(pk=blue.pk).exists()


# --- roles ------------------------------------------------------------------------------------


def rights(name: str) -> set[str]:
    user = make_user()
    user.groups.add(Group.objects.get(name=name))
    return User.objects.get(pk=user.pk).get_all_permissions()


def test_the_roles_are_there_from_the_beginning() -> None:
    assert rights("Agent") == set()
    assert {"presence.supervise", "presence.set_mode", "alerts.acknowledge_alert"} < rights(
        "Supervisor"
    )
    assert "routing.change_limit" not in rights("Supervisor")
    assert rights("Supervisor") < rights("Admin")
    assert {"routing.change_limit", "auth.add_user", "axes.delete_accessattempt"} < rights("Admin")
