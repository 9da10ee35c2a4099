"""Another process that writes: each line that it reads is the status that an agent chooses now.

python -m tests.services.writer AGENT
"""

import sys

import django


def main(agent_id: int) -> None:
    django.setup()
    from django.utils import timezone  # noqa: PLC0415 - Django has to be set up first

    from presence import actions  # noqa: PLC0415
    from presence.events import Choice, Choose  # noqa: PLC0415

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        actions.apply(agent_id, Choose(at=timezone.now(), choice=Choice(line.strip())))


if __name__ == "__main__":
    main(int(sys.argv[1]))
