"""Which calls are old enough to let go of."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from presence.purging import Old, delete
from routing.models import Interaction, Leg, LegSpan, QueueEntry


def calls(before: datetime) -> list[Old]:
    """Calls of which every part was over before: one that somebody still wraps up stays, and with
    it all its waits and legs."""
    call = OuterRef("pk")
    legs = Leg.objects.filter(Q(ended_at=None) | Q(ended_at__gte=before), interaction=call)
    waits = QueueEntry.objects.filter(Q(left_at=None) | Q(left_at__gte=before), interaction=call)
    over = Interaction.objects.filter(ended_at__lt=before)
    return [Old(over.filter(~Exists(legs), ~Exists(waits)), _forget)]


def _forget(calls: Sequence[int]) -> None:
    # By their keys: a condition over a join was once planned as one loop within another.
    legs = list(Leg.objects.filter(interaction__in=calls).values_list("pk", flat=True))
    delete(LegSpan.objects.filter(leg__in=legs))
    delete(Leg.objects.filter(pk__in=legs))
    delete(QueueEntry.objects.filter(interaction__in=calls))
    delete(Interaction.objects.filter(pk__in=calls))
