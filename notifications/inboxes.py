"""The one door for what changes an agent's inbox; their pages are told once it is committed."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from notifications.kinds import Chosen
from notifications.models import Inbox, Notice
from presence import hints
from presence.models import Agent
from presence.writing import write


def touch(agent_ids: Collection[int]) -> None:
    """Have the pages of these agents read their inboxes again."""
    ids = sorted(agent_ids)
    with write():
        Inbox.objects.bulk_create([Inbox(agent_id=id_) for id_ in ids], ignore_conflicts=True)
        Inbox.objects.filter(pk__in=ids).update(version=F("version") + 1)
        transaction.on_commit(lambda: hints.publish(ids))


def mark_read(agent: Agent, now: datetime, *, up_to: int, only: bool = False) -> None:
    """Mark the notice with the key `up_to` read, and those before it unless `only` that one."""
    chosen = Q(pk=up_to) if only else Q(pk__lte=up_to)
    with write():
        unread = Notice.objects.filter(chosen, agent=agent, in_app=True, read_at=None)
        if unread.update(read_at=now):
            touch([agent.pk])


def switch(agent: Agent, *, off: bool) -> None:
    """Turn all of an agent's notifications off, or on again as they were chosen."""
    with write():
        touch([agent.pk])
        Inbox.objects.filter(pk=agent.pk).update(off=off)


def choose(agent: Agent, *, off: bool, number: str, chosen: Chosen) -> None:
    """Keep what an agent wants to be told, and where."""
    with write():
        touch([agent.pk])
        kinds = {kind: sorted(channels) for kind, channels in chosen.items()}
        Inbox.objects.filter(pk=agent.pk).update(off=off, number=number, chosen=kinds)
