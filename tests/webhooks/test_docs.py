"""The page about webhooks says what there is, and its examples run."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from alerts.acknowledging import acknowledge
from alerts.models import Alert
from alerts.watch import look
from api import keys
from presence import actions as presence
from presence import clock, hints
from presence.events import Cause, Choice, Choose, LegAction
from presence.models import Agent, OutboxEvent
from presence.outbox import EventType
from routing import actions, calls
from routing.calls import Origin
from routing.distribution import distribute
from routing.models import Destination, InteractionOutcome, Queue
from routing.waits import Wait
from tests.factories import START, at, call_in, make_queue, make_user
from tests.waiting import until
from tests.webhooks.receiver import Receiver
from tests.webhooks.servers import serving
from tests.webhooks.world import make_endpoint, tell
from webhooks.courier import TEST, deliver_due
from webhooks.retries import PAUSES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()


def section(title: str) -> str:
    """What stands under a heading."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/webhooks.md says nothing about {title}."
    return found[1]


def example(name: str, secret: str = "") -> dict[str, Any]:
    """What the page's example of this name defines, with this signing secret."""
    found = re.search(rf"^```python {name}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    defined: dict[str, Any] = {}
    exec(found[1].replace("whsec_...", secret), defined)
    return defined


@pytest.mark.parametrize("kind", EventType)
def test_every_type_is_documented(kind: EventType) -> None:
    assert section(kind.value).strip()


def test_no_type_is_documented_that_there_is_not() -> None:
    documented = re.findall(r"^### (\S+)$", PAGE, re.MULTILINE)
    assert documented == [kind.value for kind in EventType]
    assert f"`{TEST}`" in PAGE


SHAPES = ("agent", "interaction", "alert")


def keys_of(data: dict[str, Any]) -> Iterator[str]:
    """All keys in `data`, but for those of agents, interactions and alerts, which stand before."""
    for key, value in data.items():
        yield key
        inner = value if isinstance(value, list) else [value]
        for item in inner:
            if isinstance(item, dict) and key not in SHAPES:
                yield from keys_of(item)


@pytest.mark.django_db
def test_everything_that_an_event_holds_is_documented(ada: Agent) -> None:
    voicemail = Destination.objects.create(kind="voicemail", address="200")
    queue = make_queue(
        members=[ada], rollcall=True, ring=20, max_wait=600, max_wait_overflow=voicemail
    )

    def happen(action: LegAction, seconds: float) -> None:
        calls.happen(call, ada, action, Origin(at(seconds), "pbx"))

    call = call_in(queue, 0)
    distribute(at(0))
    happen(LegAction.ANSWERED, 5)
    happen(LegAction.HUNG_UP, 10)
    call = call_in(queue, 20)
    distribute(at(20))
    calls.caller_left(call, Origin(at(25), "pbx"))
    call = call_in(queue, 30)
    distribute(at(30))
    happen(LegAction.REJECTED, 35)
    distribute(at(700))
    presence.apply(ada.pk, Choose(at=at(710), choice=Choice("available")))
    call_in(queue, 720)
    distribute(at(720))
    chosen = Choose(
        at=at(730), choice=Choice("busy"), cause=Cause.SUPERVISOR, actor=make_user("sam").pk
    )
    actions.apply(ada.pk, chosen)
    clock.tick(at(740), actions.apply_all)
    look(at(760))
    look(at(801))
    acknowledge(Alert.objects.open()[0].pk, make_user().pk, at(802))
    Queue.objects.update(active=False)
    look(at(803))
    told = list(OutboxEvent.objects.all())
    assert {event.type for event in told} == {kind.value for kind in EventType}
    shapes = section("Events")
    for event in told:
        text = section(event.type)
        missing = {key for key in keys_of(event.data) if f"`{key}`" not in text}
        assert not missing, event.type
        for shape in SHAPES:
            inside = event.data.get(shape, {})
            assert all(f"`{key}`" in shapes for key in inside), shape


def test_outcomes_causes_and_places_are_all_named() -> None:
    assert all(f"`{outcome}`" in section("interaction.ended") for outcome in InteractionOutcome)
    overflowed = section("interaction.overflowed")
    assert all(f"`{wait}`" in overflowed for wait in Wait)
    assert all(f"`{kind}`" in overflowed for kind in Destination.Kind.values)


def test_the_pauses_between_attempts_are_those_of_the_code() -> None:
    units = {"s": 1, "min": 60, "h": 3600}
    found = re.search(r"\*\*Retries\.\*\* After (.*?), each", PAGE, re.DOTALL)
    assert found
    pauses = re.findall(r"(\d+)\s(s|min|h)\b", found[1])
    assert tuple(int(number) * units[unit] for number, unit in pauses) == PAUSES


@pytest.mark.django_db
def test_the_receiver_on_the_page_verifies_and_acts_once(receiver: Receiver) -> None:
    acted: list[str] = []
    endpoint = make_endpoint(receiver.url)
    page = example("receiver", endpoint.secret)
    page["act_on"] = lambda event: acted.append(event["id"])
    receive: Callable[[bytes, dict[str, str]], int] = page["receive"]
    tell(1)
    deliver_due(timezone.now())
    (one,) = receiver.received
    for _ in range(2):
        assert receive(one.body.encode(), one.headers) == 204
    assert acted == [one.message["id"]]
    assert receive(one.body.replace("1", "2").encode(), one.headers) == 401


@pytest.mark.usefixtures("committed")
def test_the_listener_on_the_page_goes_on_where_it_was() -> None:
    _, text = keys.make("PBX")
    listen = example("listener")["events"]

    def say(n: int) -> None:
        tell(n, seconds=(timezone.now() - START).total_seconds())
        hints.publish(())

    with serving() as port:
        url = f"ws://127.0.0.1:{port}/api/v1/stream"
        say(1)
        until(lambda: OutboxEvent.objects.filter(position=1).exists())
        say(2)
        with closing(listen(url, text, OutboxEvent.objects.get(position=1).uid)) as told:
            assert next(told)["data"]["n"] == 2
            say(3)
            assert next(told)["data"]["n"] == 3
        with pytest.raises(RuntimeError, match="Read the state anew"):
            next(listen(url, text, "nothing"))
