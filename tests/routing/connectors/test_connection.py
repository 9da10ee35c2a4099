"""What the connection's page shows and asks for, against an Asterisk that answers."""

import pytest

from presence.models import AgentState
from routing.connectors import attach
from routing.models import Connector, ConnectorLink, Membership, Unmatched
from tests.factories import make_agent
from tests.routing.connectors.ami_server import until
from tests.routing.connectors.live import Live, live
from tests.routing.connectors.system import System

pytestmark = pytest.mark.usefixtures("committed")


def one_member() -> System:
    system = System()
    system.add_member("support", "PJSIP/1001", name="Ada")
    return system


def link() -> ConnectorLink:
    """As the follower wrote it, if it has yet."""
    return ConnectorLink.objects.first() or ConnectorLink()


def snapshots(it: Live) -> int:
    return sum(asked["action"] == "QueueStatus" for asked in it.server.asked)


async def test_what_asterisk_refuses_to_tell_is_noted_with_what_to_do() -> None:
    async with live(one_member()) as it:
        it.server.refuse["coreshowchannels"] = "Permission denied"
        await it.start()
        (remark,) = await it.find(lambda: link().remarks)
        assert remark == (
            "Asterisk does not tell of its channels: Permission denied. Add reporting to what the "
            "manager user may write in manager.conf."
        )


async def test_a_snapshot_that_was_asked_for_is_taken_once() -> None:
    async with live(one_member()) as it:
        await it.start()
        await it.find(lambda: link().snapshot_at)
        before = snapshots(it)
        await it.ask(lambda: attach.ask_again(Connector.objects.get()))
        await until(lambda: snapshots(it) == before + 1)
        assert not (await it.ask(link)).snapshot_wanted


async def test_g4_a_phone_that_nobody_had_is_its_agents_after_one_click() -> None:
    async with live(one_member()) as it:
        ada = await it.ask(lambda: make_agent("Ada", presence="telephony"))
        await it.start()
        found = await it.find(Unmatched.objects.first)
        assert (found.kind, found.name, found.label) == ("phone", "PJSIP/1001", "Ada")
        await it.ask(lambda: attach.attach_phone(found, ada))
        await it.find(lambda: Membership.objects.filter(agent=ada).exists())
        await it.find(AgentState.objects.filter(agent=ada, telephony_logged_in=True).exists)
        assert not await it.ask(Unmatched.objects.exists)
