"""The arrivals' benchmark in one database, an empty one that DATABASE_URL names; prints JSON.

python -m bench.arriving AGENTS
"""

import json
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import world  # noqa: E402
from presence.connections import Lease  # noqa: E402
from presence.models import Agent, Connection  # noqa: E402


def main(agents: int) -> None:
    call_command("migrate", verbosity=0)
    world.make_queues()
    world.grow(agents)
    keys = list(Agent.objects.values_list("pk", flat=True))
    took = {}
    for way in ("each", "together"):
        lease, now = Lease(), timezone.now()
        began = time.perf_counter()
        for key in keys:
            lease.note(key, 1, now)
            if way == "each":
                lease.write()
        lease.write()
        took[way] = time.perf_counter() - began
        if Connection.objects.count() != agents:
            raise RuntimeError("Not everybody is connected.")
        lease.release(timezone.now())
    print(json.dumps(took))


if __name__ == "__main__":
    main(int(sys.argv[1]))
