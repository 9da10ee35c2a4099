"""Another process of the installation, at work on calls. Each line that it reads is what to do; it
says what it did in JSON.

reserve QUEUE FIRST COUNT     asks for agents, and says for whom
distribute                    passes over who waits, again and again, until the next line
live SEED COUNT               answers, hangs up, turns away
"""

import json
import random
import select
import sys
from collections.abc import Callable

import django


def main() -> None:
    django.setup()
    roles: dict[str, Callable[..., object]] = {
        "reserve": reserve,
        "distribute": distribute,
        "live": live,
    }
    say("ready")
    while line := sys.stdin.readline():
        role, *arguments = line.split()
        say(json.dumps(roles[role](*map(int, arguments))))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def reserve(queue_id: int, first: int, count: int) -> dict[str, list[int]]:
    """The agents who were reserved, by caller."""
    from django.utils import timezone  # noqa: PLC0415 - Django has to be set up first

    from routing import reservations  # noqa: PLC0415
    from routing.calls import Origin  # noqa: PLC0415
    from routing.models import Queue  # noqa: PLC0415

    queue = Queue.objects.get(pk=queue_id)
    found = {}
    for name in (f"caller{number}" for number in range(first, first + count)):
        _, legs = reservations.reserve(Origin(timezone.now(), "pbx"), name, queue)
        found[name] = [leg.agent_id for leg in legs]
    return found


def distribute() -> int:
    """How many offers were made."""
    from django.utils import timezone  # noqa: PLC0415

    from routing import distribution  # noqa: PLC0415

    offers = 0
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        offers += distribution.distribute(timezone.now()).offers
    sys.stdin.readline()
    return offers


def live(seed: int, count: int) -> dict[str, int]:
    """How often each happening was accepted."""
    from tests.services.happenings import Happenings  # noqa: PLC0415

    return Happenings(random.Random(seed).choice).live(count)


if __name__ == "__main__":
    main()
