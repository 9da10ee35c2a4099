"""What telephony is not connected, or has not confirmed, reaches open boards and bars by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.hub import Hub
from dashboard.tickets import Ticket
from presence.events import DeviceKind
from presence.models import Agent
from routing.connectors.desk import Desk
from routing.models import Claim, Connector, ConnectorLink, PauseRequest
from tests import factories
from tests.dashboard.test_hub import Socket, hub, in_database, shows, watch

__all__ = ["hub"]

pytestmark = pytest.mark.usefixtures("committed")


@in_database
def make_member() -> tuple[Agent, Connector]:
    """An agent whose phone is in the queues of a connector that is up."""
    ada = factories.make_agent("Ada", mode="available", devices=[DeviceKind.SIP])
    connector = Connector.objects.create(name="pbx", user="u", secret="s")
    Claim.objects.create(connector=connector, device=ada.devices.get())
    desk = Desk(connector)
    desk.claim(timezone.now())
    desk.note(ConnectorLink.State.UP, timezone.now())
    return ada, connector


@in_database
def refuse(agent: Agent, connector: Connector) -> None:
    PauseRequest.objects.create(
        connector=connector,
        device=agent.devices.get(),
        paused=True,
        asked_at=timezone.now(),
        error="No such interface",
    )


def said(socket: Socket) -> str:
    """The banner after all messages."""
    return str([m["links"] for m in socket.messages if "links" in m][-1:])


async def test_g8_a_refusal_is_on_the_board_and_in_the_bar_until_it_is_confirmed(hub: Hub) -> None:
    ada, connector = await make_member()
    board = await watch(hub)
    page = await watch(hub, Ticket(user=ada.user_id, agent=ada.pk, monitor=False))
    await board.until(shows(ada, "Available"))
    await refuse(ada, connector)
    await board.until(shows(ada, "It says: No such interface"))
    await page.until(lambda page: "No such interface" in page.messages[-1].get("bar", ""))
    await in_database(PauseRequest.objects.update)(confirmed_at=timezone.now())
    await board.until(lambda board: not shows(ada, "not confirmed")(board))
    await page.until(
        lambda page: "not confirmed" not in page.messages[-1].get("bar", "not confirmed")
    )


async def test_g7_a_lost_link_is_on_the_board_until_it_is_back(hub: Hub) -> None:
    ada, _ = await make_member()
    board = await watch(hub)
    await board.until(shows(ada, "Available"))
    an_hour_ago = timezone.now() - timedelta(hours=1)
    await in_database(ConnectorLink.objects.update)(state="down", since=an_hour_ago)
    await board.until(lambda board: "Asterisk pbx: no connection" in said(board))
    await board.until(shows(ada, "data-stale"))
    late = await watch(hub)
    await late.until(lambda late: "Asterisk pbx: no connection" in said(late))
    await in_database(ConnectorLink.objects.update)(state="up")
    await board.until(lambda board: "Asterisk" not in said(board))
    await board.until(lambda board: not shows(ada, "data-stale")(board))
