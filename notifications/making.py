"""Making notices of what happened, each once, and with them what is to be sent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications import inboxes
from notifications.kinds import GATEWAYS, NOTED, SENT, Channel, Kind, channels
from notifications.models import Cursor, Gateway, Inbox, Notice, Sending
from presence.models import Agent, OutboxEvent
from presence.outbox import EventType
from presence.writing import write

_BATCH = 200

TOLD = {
    EventType.AGENT_MISSED_CALL.value: Kind.MISSED_CALL,
    EventType.AGENT_SUPERVISED.value: Kind.SUPERVISOR,
    EventType.AGENT_PENDING_APPLIED.value: Kind.PENDING_APPLIED,
}
"""The events that are told to the agent whom they are about."""


@dataclass(frozen=True)
class News:
    """What an agent may be told: `key` is its name among those of its kind."""

    agent_id: int
    kind: Kind
    key: str
    at: datetime
    data: dict[str, Any]


def take_in(now: datetime) -> int:
    """Make notices of the next events in the stream, at most a batch; gives of how many."""
    with write():
        cursor = _lock()
        told = OutboxEvent.objects.filter(position__gt=cursor.position, type__in=TOLD)
        events = list(told.order_by("position")[:_BATCH])
        if events:
            _make([_news(event) for event in events], now)
            cursor.position = events[-1].position or 0
            cursor.save()
    return len(events)


def make(news: Collection[News], now: datetime) -> None:
    """Make notices of what no event tells."""
    with write():
        _lock()
        _make(news, now)


def _lock() -> Cursor:
    """Hold the one row that everybody locks who makes notices, until the transaction ends."""
    return Cursor.objects.select_for_update().get_or_create(pk=1)[0]


def _news(event: OutboxEvent) -> News:
    kind, data = TOLD[event.type], event.data
    if kind is Kind.MISSED_CALL:
        said = {key: data["interaction"][key] for key in ("caller", "queue")}
    else:
        said = {key: value for key, value in data.items() if key != "agent"}
    return News(data["agent"]["id"], kind, str(event.uid), event.at, said)


def _make(news: Iterable[News], now: datetime) -> None:
    young = {(one.agent_id, one.kind, one.key): one for one in news if now - one.at <= NOTED}
    ids = {one.agent_id for one in young.values()}
    agents = {agent.pk: agent for agent in Agent.objects.filter(pk__in=ids).select_related("user")}
    inboxes_of = {inbox.pk: inbox for inbox in Inbox.objects.filter(pk__in=ids)}
    made, sendings, gateways_up = [], [], gateways()
    for one in unnoted(young.values()):
        if agent := agents.get(one.agent_id):
            inbox = inboxes_of.get(agent.pk) or Inbox(agent=agent)
            found = channels(inbox.chosen, one.kind, now - one.at, off=inbox.off)
            notice = _notice(one, found)
            made.append(notice)
            sendings += [
                _sending(notice, to, now) for to in reach(agent, inbox.number, gateways_up) & found
            ]
    Notice.objects.bulk_create(made)
    Sending.objects.bulk_create(sendings)
    if shown := {notice.agent_id for notice in made if notice.in_app or notice.desktop}:
        inboxes.touch(shown)


def unnoted(news: Collection[News]) -> list[News]:
    """Those of which there is no notice yet."""
    agents, keys = {one.agent_id for one in news}, {one.key for one in news}
    found = Notice.objects.filter(agent__in=agents, key__in=keys)
    noted = set(found.values_list("agent", "kind", "key"))
    return [one for one in news if (one.agent_id, one.kind.value, one.key) not in noted]


def _notice(news: News, to: Collection[Channel]) -> Notice:
    return Notice(
        agent_id=news.agent_id,
        kind=news.kind.value,
        key=news.key,
        at=news.at,
        data=news.data,
        in_app=Channel.IN_APP in to,
        desktop=Channel.DESKTOP in to,
    )


def _sending(notice: Notice, channel: Channel, now: datetime) -> Sending:
    return Sending(notice=notice, channel=channel.value, made_at=now, due_at=now)


def gateways() -> frozenset[Channel]:
    """The channels for which there is an active gateway."""
    active = set(Gateway.objects.filter(active=True).values_list("channel", flat=True))
    return frozenset(channel for channel in GATEWAYS if channel.value in active)


def reach(agent: Agent, number: str, gateways: Collection[Channel]) -> frozenset[Channel]:
    """The channels of `SENT` by which this agent can be reached, over these gateways."""
    by_mail = {Channel.EMAIL} if agent.user.email else set()
    by_number = set(gateways) if number else set()
    return frozenset(by_mail | by_number) & SENT
