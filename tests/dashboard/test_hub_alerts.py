"""The hub tells open boards of alerts, with the rows and cards that they mark."""

from typing import Any

import pytest

from alerts.acknowledging import acknowledge
from alerts.kinds import Kind
from alerts.models import Alert
from alerts.watch import look
from dashboard.hub import Hub
from presence.models import Status
from tests.alerts.world import only
from tests.dashboard.test_hub import Socket, cards, hub, in_database, watch
from tests.factories import at, make_agent, make_queue, make_user

pytestmark = pytest.mark.usefixtures("committed")

__all__ = ["hub"]


@in_database
def break_too_long() -> Any:
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    ada = make_agent("Ada", mode="on_break")
    look(at(61))
    return ada


@in_database
def gap() -> Any:
    only(Kind.GAP)
    queue = make_queue("Sales")
    look(at(1))
    return queue


@in_database
def acknowledged() -> None:
    acknowledge(Alert.objects.get().pk, make_user("sam").pk, at(70))


def told(socket: Socket) -> str:
    """The alerts as the board has them after all messages."""
    found = [str(message["alerts"]) for message in socket.messages if "alerts" in message]
    return found[-1] if found else ""


async def test_a_board_is_told_that_all_is_well(hub: Hub) -> None:
    socket = await watch(hub)
    await socket.until(lambda socket: '<p class="well">' in told(socket))


async def test_f12_a_new_alert_comes_by_itself_and_marks_the_row(hub: Hub) -> None:
    socket = await watch(hub)
    await socket.until(told)
    ada = await break_too_long()
    await socket.until(lambda socket: "On Break for too long" in told(socket))
    await socket.until(lambda socket: 'data-alert="warning"' in socket.rows().get(str(ada.pk), ""))
    await acknowledged()
    await socket.until(lambda socket: "Acknowledged by sam" in told(socket))


async def test_a_queue_card_bears_the_sign_of_its_alert(hub: Hub) -> None:
    socket = await watch(hub)
    await socket.until(told)
    queue = await gap()
    marked = 'data-alert="warning"'
    await socket.until(lambda socket: marked in cards(socket).get(str(queue.pk), ""))


async def test_one_who_comes_later_finds_the_alerts_in_the_snapshot(hub: Hub) -> None:
    early = await watch(hub)
    await break_too_long()
    await early.until(lambda socket: "On Break for too long" in told(socket))
    late = await watch(hub)
    await late.until(lambda socket: "On Break for too long" in told(socket))
    assert late.messages[0]["snapshot"]
