"""The demo floor's past: two working weeks up to now, played through the state machine at once and
written in bulk."""

from datetime import datetime

from presence.models import Interval, Transition
from presence.writing import write
from routing.demo.past.fortnight import Fortnight
from routing.demo.past.record import Record
from routing.demo.past.staff import workers
from routing.models import Interaction


def make(now: datetime) -> bool:
    """Give the demo's agents and queues a past up to `now` (aware UTC), the same for the same day
    and hour; gives whether it did. A floor that has a history keeps that one alone."""
    with write():
        if any(model.objects.exists() for model in (Interval, Transition, Interaction)):
            return False
        record = Record()
        staff = workers(record, now)
        Fortnight(record, staff, now).play()
        record.save()
        for worker in staff:
            worker.save()
    return True
