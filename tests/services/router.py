"""Another process of the installation, at work on calls until it is told to stop.

python -m tests.services.router reserve QUEUE FIRST COUNT     asks for agents, and says for whom
python -m tests.services.router distribute                    passes over who waits, again and again
python -m tests.services.router live SEED COUNT               answers, hangs up, turns away

It says `ready`, begins at a line of input, stops at the next, and says what it did in JSON.
"""

import json
import random
import select
import sys
from collections.abc import Callable

import django


def main(role: str, arguments: list[str]) -> None:
    django.setup()
    say("ready")
    sys.stdin.readline()
    roles: dict[str, Callable[..., object]] = {
        "reserve": reserve,
        "distribute": distribute,
        "live": live,
    }
    done = roles[role](*map(int, arguments))
    say(json.dumps(done))


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
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        offers += distribution.distribute(timezone.now()).offers
    return offers


def live(seed: int, count: int) -> dict[str, int]:
    """How often each happening was accepted."""
    from tests.services.happenings import Happenings  # noqa: PLC0415

    return Happenings(random.Random(seed).choice).live(count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
