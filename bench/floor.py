"""Make a floor of so many agents in an empty database, and print a ticket to watch it."""

import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402

from bench.board import PASSWORD, WATCHER  # noqa: E402
from bench.world import copies  # noqa: E402
from dashboard.tickets import Ticket, issue  # noqa: E402
from presence import actions  # noqa: E402
from presence.events import Choice, DeviceKind  # noqa: E402
from presence.models import Agent, AgentState, Device, Team  # noqa: E402
from presence.state import PresencePolicy  # noqa: E402


def main(agents: int) -> None:
    call_command("migrate", verbosity=0)
    watcher = User(username=WATCHER, is_superuser=True)
    watcher.set_password(PASSWORD)
    watcher.save()
    team = Team.objects.create(name="Team")
    policy, sip = PresencePolicy.TELEPHONY.value, DeviceKind.SIP.value
    users = User.objects.bulk_create(User(username=f"agent{n}") for n in range(1, agents + 1))
    people = Agent.objects.bulk_create(
        Agent(pk=n, user=user, name=f"Agent {n:04}", team=team, presence_policy=policy)
        for n, user in enumerate(users, 1)
    )
    Device.objects.bulk_create(Device(agent=a, kind=sip, address=f"SIP/{a.pk}") for a in people)
    first, *others = people
    row = actions.enrol(first, mode=Choice("available"), telephony_logged_in=True)
    AgentState.objects.bulk_create(copies(row, others))
    print(issue(Ticket(user=watcher.pk, agent=None, monitor=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
