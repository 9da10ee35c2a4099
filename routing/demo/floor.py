"""The demo floor: three teams, thirty agents, four queues and named reasons."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from presence import actions
from presence.events import DeviceKind
from presence.models import Agent, Reason, Status, Team
from presence.models.catalogue import ReasonPolicy
from presence.writing import write
from routing.models import Membership, Queue, RingGroup

SOURCE = "demo"
PASSWORD = "rollcall-demo"  # noqa: S105 - a demo's log-in is meant to be known
ADMIN, SUPERVISOR, AGENT = "admin", "supervisor", "agent"

REASONS = {
    "on_break": ("Lunch", "Coffee", "Personal"),
    "back_office": ("Training", "Team meeting", "Coaching", "Paperwork"),
    "outgoing": ("Call-backs", "Campaign"),
}
TEAMS = {
    "Customer Care": (
        "Amara Okafor",
        "Ben Whitfield",
        "Chiara Ricci",
        "Daniel Osei",
        "Elif Demir",
        "Farid Haddad",
        "Grace Lindqvist",
        "Hugo Marchand",
        "Ines Carvalho",
        "Jonas Becker",
    ),
    "Sales": (
        "Kavya Raman",
        "Liam Byrne",
        "Mei Tanaka",
        "Nadia Petrova",
        "Oscar Nyström",
        "Priya Nair",
        "Quentin Dubois",
        "Rosa Jiménez",
        "Samuel Adeyemi",
        "Tara Kowalski",
    ),
    "Technical Support": (
        "Umar Siddiqui",
        "Valentina Rossi",
        "William Hartley",
        "Ximena Fuentes",
        "Yusuf Arslan",
        "Zoë van den Berg",
        "Anders Holm",
        "Bianca Moretti",
        "Carlos Mendoza",
        "Dina Rahal",
    ),
}
SERVED_BY = {
    "Service": ("Customer Care",),
    "Billing": ("Customer Care", "Sales"),
    "New customers": ("Sales",),
    "Technical": ("Technical Support",),
}


@dataclass(frozen=True)
class Demo:
    """What the simulator plays with: the agents that it moves, and the one that a person logs in
    as, who gets calls but chooses their own modes."""

    simulated: tuple[Agent, ...]
    visitor: Agent


def build() -> Demo:
    """Make the demo floor where it is not there yet; gives its agents."""
    with write():
        _reasons()
        agents = [
            _agent(name, Team.objects.get_or_create(name=team)[0])
            for team, names in TEAMS.items()
            for name in names
        ]
        _queues()
        _people()
        # The log-in that a visitor is given belongs to the first agent of the first team.
        visitor, *simulated = agents
    return Demo(tuple(simulated), visitor)


def _reasons() -> None:
    for code, labels in REASONS.items():
        Status.objects.filter(pk=code).update(reason_policy=ReasonPolicy.REQUIRED.value)
        for position, label in enumerate(labels, start=1):
            Reason.objects.get_or_create(
                status_id=code, label=label, defaults={"order": position * 10}
            )
    Status.objects.filter(pk="on_break", max_seconds=None).update(max_seconds=15 * 60)


def _agent(name: str, team: Team) -> Agent:
    first = name == TEAMS["Customer Care"][0]
    username = AGENT if first else name.lower().replace(" ", ".")
    user, made = get_user_model().objects.get_or_create(username=username)
    if made:
        user.set_password(PASSWORD)
        user.save()
    agent, made = Agent.objects.get_or_create(user=user, defaults={"name": name, "team": team})
    if made:
        agent.devices.create(kind=DeviceKind.WEBPHONE.value, address=f"demo/{user.pk}")
        actions.enrol(agent)
    return agent


def _queues() -> None:
    for name, teams in SERVED_BY.items():
        queue, _ = Queue.objects.get_or_create(name=name)
        group, made = RingGroup.objects.get_or_create(
            queue=queue,
            tier=1,
            defaults={"ring_seconds": 15, "wrap_up_seconds": 20, "cool_down_seconds": 3},
        )
        if made:
            members = Agent.objects.filter(team__name__in=teams)
            Membership.objects.bulk_create(
                Membership(ring_group=group, agent=agent) for agent in members
            )


def _people() -> None:
    users = get_user_model().objects
    if not users.filter(username=ADMIN).exists():
        users.create_superuser(ADMIN, password=PASSWORD)
    if not users.filter(username=SUPERVISOR).exists():
        supervisor = users.create_user(
            SUPERVISOR, password=PASSWORD, first_name="Robin", last_name="Castellan"
        )
        supervisor.user_permissions.add(Permission.objects.get(codename="supervise"))
