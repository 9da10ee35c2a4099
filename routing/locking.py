"""The order of locks: agents by id, then the call. Offers are made by skipping what is locked, so
nobody ever waits in a circle."""

from collections.abc import Collection

from django.db import transaction

from presence import actions as presence
from routing.models import Interaction, Leg


class _Moved(Exception):
    """Somebody else was offered the call between the look and the lock."""


def lock_calls(call_ids: Collection[int], agent_ids: Collection[int] = ()) -> list[Interaction]:
    """Lock these interactions and everybody who has a live leg in them, and `agent_ids`, until the
    transaction ends. Raises `AgentState.DoesNotExist`."""
    while True:
        agents = _live(call_ids) | set(agent_ids)
        try:
            with transaction.atomic():  # given back where the look was outdated
                presence.lock(agents)
                locked = lock_interactions(call_ids)
                if not _live(call_ids) <= agents:
                    raise _Moved
                return locked
        except _Moved:
            continue


def lock_interactions(call_ids: Collection[int]) -> list[Interaction]:
    """Lock these interactions, for one who has their agents' rows, or needs none."""
    calls = Interaction.objects.select_for_update().filter(pk__in=call_ids)
    return list(calls.order_by("pk"))


def _live(call_ids: Collection[int]) -> set[int]:
    legs = Leg.objects.filter(interaction__in=call_ids, ended_at=None)
    return set(legs.values_list("agent_id", flat=True))
