"""Making what tests of webhooks and streams need: endpoints and events."""

from itertools import count

from presence import outbox
from presence.outbox import EventType
from tests.factories import at
from webhooks.models import Delivery, Endpoint

_numbers = count(1)


def make_endpoint(url: str, *types: EventType) -> Endpoint:
    return Endpoint.objects.create(
        name=f"Endpoint {next(_numbers)}", url=url, types=[kind.value for kind in types]
    )


def tell(
    n: int,
    subject: str = "agent:1",
    *,
    kind: EventType = EventType.AGENT_STATUS_CHANGED,
    seconds: float = 0,
    padding: str = "",
) -> None:
    """An event about `subject` that a test knows again by its number."""
    outbox.put(kind, at(seconds), subject, {"n": n, "padding": padding})


def states() -> list[str]:
    """The state of each delivery, in the order of the stream."""
    return list(Delivery.objects.order_by("position", "endpoint").values_list("state", flat=True))
