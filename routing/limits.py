"""Whose sight is limited to what, and what a sight holds in the database: see `routing.sight`."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Q

from presence.models import Agent, Team
from routing.models import Interaction, Leg, Limit, Membership, Queue
from routing.sight import EVERYTHING, NOTHING, Sight


def sight_of(user: AbstractBaseUser | AnonymousUser) -> Sight:
    """What `user` sees, if they see anybody at all: limits take away and give no right."""
    if not isinstance(user, User):
        return NOTHING
    return EVERYTHING if user.is_superuser else sights([user.pk]).get(user.pk, EVERYTHING)


def sights(users: Collection[int]) -> dict[int, Sight]:
    """The sight of each of these users who is bound by limits; one query where nobody is."""
    pairs = list(
        Limit.users.through.objects.filter(user__in=users, user__is_superuser=False).values_list(
            "user", "limit"
        )
    )
    known = {limit.pk: limit.sight for limit in _limits({limit for _user, limit in pairs})}
    bound: defaultdict[int, list[Sight]] = defaultdict(list)
    for user, limit in pairs:
        bound[user].append(known[limit])
    return {user: together(found) for user, found in bound.items()}


def _limits(keys: set[int]) -> Iterable[Limit]:
    found = Limit.objects.filter(pk__in=keys) if keys else Limit.objects.none()
    return found.prefetch_related("teams", "queues")


def together(found: Iterable[Sight]) -> Sight:
    """What any of these limited sights holds."""
    whole = NOTHING
    for one in found:
        whole = replace(whole, teams=whole.teams | one.teams, queues=whole.queues | one.queues)
    return whole


# --- as conditions of queries; `field` leads to the primary key of what is asked for --------------


def agents(sight: Sight, field: str = "pk") -> Q:
    if not sight.limited:
        return Q()
    serving = Membership.objects.filter(
        ring_group__queue__in=sight.queues, ring_group__queue__active=True
    )
    seen = Agent.objects.filter(Q(team__in=sight.teams) | Q(pk__in=serving.values("agent")))
    return Q(**{f"{field}__in": seen.order_by().values("pk")})


def queues(sight: Sight, field: str = "pk") -> Q:
    if not sight.limited:
        return Q()
    theirs = Membership.objects.filter(agent__team__in=sight.teams, agent__active=True)
    seen = Queue.objects.filter(
        Q(pk__in=sight.queues) | Q(pk__in=theirs.values("ring_group__queue"))
    )
    return Q(**{f"{field}__in": seen.order_by().values("pk")})


def teams(sight: Sight) -> Q:
    """Those that are seen as a whole."""
    return Q(pk__in=sight.teams) if sight.limited else Q()


def named_teams(sight: Sight) -> Q:
    """Those whose names are seen: somebody who is seen is in them."""
    if not sight.limited:
        return Q()
    seen = Agent.objects.filter(agents(sight), active=True, team__isnull=False)
    return teams(sight) | Q(pk__in=seen.order_by().values("team"))


def calls(sight: Sight, field: str = "pk") -> Q:
    if not sight.limited:
        return Q()
    parts = Leg.objects.filter(agents(sight, "agent")).values("interaction")
    seen = Interaction.objects.filter(queues(sight, "queue") | Q(pk__in=parts))
    return Q(**{f"{field}__in": seen.order_by().values("pk")})


def sees_agent(sight: Sight, agent_id: int) -> bool:
    return not sight.limited or Agent.objects.filter(agents(sight), pk=agent_id).exists()


def their_teams(user: User, sight: Sight) -> frozenset[int]:
    """The teams that `user` leads, or is limited to."""
    led = Team.objects.filter(supervisors=user.pk).values_list("pk", flat=True)
    return sight.teams if sight.limited else frozenset(led)
