"""What others were told, put together again and held beside the floor."""

from collections import defaultdict

from presence.models import AgentState, OutboxEvent
from presence.outbox import EventType
from routing.models import Leg


def check_told() -> None:
    """What was told adds up: an offer begins before it ends, once; an end is the last word."""
    for subject, events in _told().items():
        if subject.startswith("agent:"):
            _check_offers(events)
            _check_versions(events, AgentState.objects.get(agent_id=subject.split(":")[1]))
        else:
            types = [event.type for event in events]
            assert EventType.INTERACTION_ENDED.value not in types[:-1]


def _check_offers(events: list[OutboxEvent]) -> None:
    rings: str | None = None
    seen = set()
    for event in events:
        if not event.type.startswith("offer."):
            continue
        leg = event.data["leg"]
        if event.type == EventType.OFFER_CREATED.value:
            assert rings is None
            assert leg not in seen
            rings = leg
            seen.add(leg)
        else:
            assert rings == leg
            rings = None
    live = Leg.objects.filter(external_id__in=seen, state="offered").first()
    assert rings == (live.external_id if live else None)


def _check_versions(events: list[OutboxEvent], row: AgentState) -> None:
    changes = [e for e in events if e.type == EventType.AGENT_STATUS_CHANGED.value]
    versions = [event.data["version"] for event in changes]
    assert versions == sorted(set(versions))
    assert changes[-1].data["status"] == row.shown_status_id
    assert changes[-1].data["may_receive"] == row.may_receive


def _told() -> dict[str, list[OutboxEvent]]:
    by_subject: defaultdict[str, list[OutboxEvent]] = defaultdict(list)
    for event in OutboxEvent.objects.order_by("pk"):
        by_subject[event.subject].append(event)
    return by_subject
