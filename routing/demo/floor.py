"""The demo floor: three teams, thirty agents and named reasons; its queues are in `lines`."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from presence import actions
from presence.events import DeviceKind
from presence.models import Agent, Reason, Status, Team
from presence.models.catalogue import ReasonPolicy
from presence.writing import write
from routing.demo import lines
from routing.models import Limit

SOURCE = "demo"
"""What the pretend telephony system's key speaks for."""
PRETEND, REAL = "demo/", "page/"
"""What the addresses begin with of pretend agents' phones, and of people's who play themselves."""
PASSWORD = "rollcall-demo"  # nosec B105 # noqa: S105 - a demo's log-in is meant to be known
ADMIN, SUPERVISOR, LEAD, AGENT = "admin", "supervisor", "lead", "agent"
"""Who logs in; the lead sees Sales only."""

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


@dataclass(frozen=True)
class Demo:
    """What the simulator plays with: the agents that it moves, and the one that a person logs in
    as, who gets calls but chooses their own modes and answers on their own page."""

    simulated: tuple[Agent, ...]
    visitor: Agent


def build() -> Demo:
    """Make the demo floor where it is not there yet; gives its agents."""
    with write():
        _reasons()
        password = make_password(PASSWORD)  # slow by design, so once for everybody
        teams = {
            name: [_agent(who, Team.objects.get_or_create(name=name)[0], password) for who in names]
            for name, names in TEAMS.items()
        }
        lines.build(teams)
        _people()
        for team in Team.objects.filter(name__in=TEAMS, supervisors=None):
            team.supervisors.add(get_user_model().objects.get(username=SUPERVISOR))
        # The log-in that a visitor is given belongs to the first agent of the first team.
        visitor, *simulated = (agent for agents in teams.values() for agent in agents)
        _phone(visitor, pretend=False)
        for agent in simulated:
            _phone(agent, pretend=True)
    return Demo(tuple(simulated), visitor)


def address(agent: Agent, *, pretend: bool) -> str:
    """The address of an agent's webphone, which says whether a pretend telephony system is to
    answer it."""
    return f"{PRETEND if pretend else REAL}{agent.user_id}"


def _phone(agent: Agent, *, pretend: bool) -> None:
    webphones = agent.devices.filter(kind=DeviceKind.WEBPHONE.value)
    webphones.update(address=address(agent, pretend=pretend))


def _reasons() -> None:
    for code, labels in REASONS.items():
        Status.objects.filter(pk=code).update(reason_policy=ReasonPolicy.REQUIRED.value)
        for position, label in enumerate(labels, start=1):
            Reason.objects.get_or_create(
                status_id=code, label=label, defaults={"order": position * 10}
            )
    Status.objects.filter(pk="on_break", max_seconds=None).update(max_seconds=15 * 60)


def _agent(name: str, team: Team, password: str) -> Agent:
    first = name == TEAMS["Customer Care"][0]
    username = AGENT if first else name.lower().replace(" ", ".")
    user, made = get_user_model().objects.get_or_create(username=username)
    if made:
        user.password = password
        user.save()
        user.groups.add(Group.objects.get(name="Agent"))
    agent, made = Agent.objects.get_or_create(user=user, defaults={"name": name, "team": team})
    if made:
        actions.enrol(agent)
    return agent


def _people() -> None:
    users = get_user_model().objects
    if not users.filter(username=ADMIN).exists():
        users.create_superuser(ADMIN, password=PASSWORD)
    if not users.filter(username=SUPERVISOR).exists():
        supervisor = users.create_user(
            SUPERVISOR, password=PASSWORD, first_name="Robin", last_name="Castellan"
        )
        supervisor.groups.add(Group.objects.get(name="Supervisor"))
    if not users.filter(username=LEAD).exists():
        lead = users.create_user(LEAD, password=PASSWORD, first_name="Sam", last_name="Okoye")
        lead.groups.add(Group.objects.get(name="Supervisor"))
        limit, _ = Limit.objects.get_or_create(name="Sales")
        limit.teams.add(Team.objects.get(name="Sales"))
        limit.users.add(lead)
