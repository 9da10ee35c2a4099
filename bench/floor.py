"""Make a floor of so many agents in an empty database, and print a ticket to watch it."""

import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from bench.board import PASSWORD, WATCHER  # noqa: E402
from dashboard.tickets import Ticket, issue  # noqa: E402
from presence import actions  # noqa: E402
from presence.events import Choice, DeviceKind  # noqa: E402
from presence.models import Agent, Device, Team  # noqa: E402
from presence.state import PresencePolicy  # noqa: E402


def main(agents: int) -> None:
    call_command("migrate", verbosity=0)
    watcher = User(username=WATCHER, is_superuser=True)
    watcher.set_password(PASSWORD)
    watcher.save()
    with transaction.atomic():
        team = Team.objects.create(name="Team")
        for number in range(1, agents + 1):
            user = User.objects.create(username=f"agent{number}")
            agent = Agent.objects.create(
                pk=number,
                user=user,
                name=f"Agent {number:04}",
                team=team,
                presence_policy=PresencePolicy.TELEPHONY.value,
            )
            Device.objects.create(agent=agent, kind=DeviceKind.SIP.value, address=f"SIP/{number}")
            actions.enrol(agent, mode=Choice("available"), telephony_logged_in=True)
    print(issue(Ticket(user=watcher.pk, agent=None, monitor=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
