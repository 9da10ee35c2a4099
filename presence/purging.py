"""Letting go of what is older than it has to be kept: some rows at a time, so that nobody waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from audit import origin
from audit.models import Border, Kept
from audit.recording import entry_of
from audit.words import Action
from presence.models import Interval, PendingMode, Transition
from presence.writing import write

_BATCH = 500

Delete = Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Old:
    """Rows that may go, and what deletes those of them whose primary keys it is given."""

    rows: QuerySet[Any]
    delete: Delete

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> "Old":
        """Rows that nothing else needs."""
        model = rows.model
        return cls(rows, lambda keys: delete(model._base_manager.filter(pk__in=keys)))


def delete(rows: QuerySet[Any]) -> None:
    """Past the models that refuse it: whoever calls this has drawn the border."""
    rows._raw_delete(rows.db)


def history(before: datetime) -> list[Old]:
    """What showed, waited and happened until `before`. What lasted beyond it stays whole, for
    reports from there on count the rest of it."""
    return [
        Old.of(Interval.objects.filter(ended_at__lt=before)),
        Old.of(PendingMode.objects.filter(ended_at__lt=before)),
        Old.of(Transition.objects.filter(at__lt=before)),
    ]


def purge(what: Kept, before: datetime, old: Sequence[Old]) -> int:
    """Let go of `old`, which is what is older than `before`; gives how many rows that were. First
    the border is drawn, and written down in the audit log: what is half gone is never taken for
    whole."""
    if not any(one.rows.exists() for one in old):
        return 0
    _draw(what, before)
    return sum(_remove(one) for one in old)


def _draw(what: Kept, before: datetime) -> None:
    with write():
        drawn = Border.objects.select_for_update().filter(what=what).first()
        was = drawn.before if drawn else None
        if was and was >= before:
            return
        border, _ = Border.objects.update_or_create(what=what, defaults={"before": before})
        doer = origin.doer() or origin.by_command("purge")
        moments = (was.isoformat() if was else None, before.isoformat())
        entry_of(doer, Action.PURGED, border, {"before": moments}).save(force_insert=True)


def _remove(old: Old) -> int:
    count, last = 0, -1
    rows = old.rows.order_by("pk").values_list("pk", flat=True)
    while keys := list(rows.filter(pk__gt=last)[:_BATCH]):
        with write():
            old.delete(keys)
        count, last = count + len(keys), keys[-1]
    return count
