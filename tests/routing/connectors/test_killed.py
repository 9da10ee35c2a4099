"""The process that follows a telephony system is killed in the middle of calls, and another one,
which waited, goes on from what the system says is so."""

import asyncio
import random

import pytest
from django.utils import timezone

from routing.models import ConnectorLink, Interaction, Leg
from routing.provision import Provision
from routing.reports import MemberSeen
from routing.verify import CHECKS
from tests.factories import START
from tests.routing.asterisk.pbx import Chan
from tests.routing.connectors.ami_server import AmiServer, until
from tests.routing.connectors.live import live, make_connector
from tests.routing.connectors.system import System
from tests.routing.connectors.test_follower import process

pytestmark = pytest.mark.usefixtures("committed")

AGENTS = 20
QUEUE = {"Queue": "support"}


def phone(number: int) -> str:
    return f"PJSIP/{1000 + number}"


def make_floor(system: System) -> None:
    for number in range(AGENTS):
        name = phone(number)
        system.add_member("support", name)
        seen = MemberSeen(at=timezone.now(), id="", queue="support", address=name, name=name)
        Provision().take(seen)


class Call:
    """A call to one agent, that goes on word by word."""

    def __init__(self, server: AmiServer, number: int) -> None:
        self._server = server
        caller = Chan(f"PJSIP/trunk-{number:08}", f"1.{number}", number=f"555{number}")
        talk = Chan(f"{phone(number)}-{number:08}", f"2.{number}", caller.id)
        both = caller.keys() | talk.keys("Dest")
        member = QUEUE | {"Interface": phone(number), "MemberName": phone(number)}
        self.leg = talk.id
        self.words = [
            {"Event": "Newchannel"} | caller.keys(),
            {"Event": "QueueCallerJoin"} | caller.keys() | QUEUE,
            {"Event": "Newchannel"} | talk.keys() | {"ChannelStateDesc": "Down"},
            {"Event": "AgentCalled"} | both | member | {"DestChannelStateDesc": "Ringing"},
            {"Event": "DialEnd", "DialStatus": "ANSWER"} | both,
            {"Event": "QueueCallerLeave"} | caller.keys() | QUEUE,
            {"Event": "AgentConnect"} | both | member,
            {"Event": "Hangup", "Cause": "16"} | talk.keys(),
            {"Event": "Hangup", "Cause": "16"} | caller.keys(),
        ]

    def go_on(self) -> None:
        if self.words:
            self._server.say(self.words.pop(0))


@pytest.mark.parametrize("seed", range(2))
async def test_g5_the_second_process_takes_over_without_losing_or_doubling_a_call(
    seed: int,
) -> None:
    chance = random.Random(seed)
    async with live(System()) as it:
        await it.ask(lambda: make_floor(it.server.system))
        await it.ask(lambda: make_connector(it.server.port))
        calls = [Call(it.server, number) for number in range(AGENTS)]

        async def go_on(words: int) -> None:
            for one in chance.choices(calls, k=words):
                one.go_on()
                await asyncio.sleep(0)  # it is sent, and nobody waits until it is taken in

        first = await process()
        await until(lambda: it.server.said > 2)
        second = await process()
        try:
            await go_on(60)
            await it.find(Leg.objects.exists)
            first.kill()
            await first.wait()
            await go_on(20)
            await it.ask(lambda: ConnectorLink.objects.update(held_until=START))  # it runs out
            await until(lambda: it.server.logins["accepted"] == 2)
            await until(lambda: any(session.snapshots for session in it.server.sessions))
            living = {one.leg for one in calls if 2 <= len(one.words) < 6}
            dialled = {one.leg for one in calls if len(one.words) == 6}
            assert living
            await it.find(lambda: living <= live_legs() <= living | dialled)
            while any(one.words for one in calls):
                await go_on(20)
            await it.find(lambda: not live_legs())
            await it.find(lambda: not Interaction.objects.filter(ended_at=None).exists())
            names = await it.ask(lambda: list(Leg.objects.values_list("external_id", flat=True)))
            assert len(names) == len({*names})
            assert not await it.ask(faults)
        finally:
            for one in (first, second):
                if one.returncode is None:
                    one.terminate()
                await one.wait()


def live_legs() -> set[str]:
    """Whose agents talk, or hear it ring."""
    return {*Leg.objects.filter(ended_at=None).values_list("external_id", flat=True)}


def faults() -> list[str]:
    """What is not as it always is."""
    now = timezone.now()
    return [f"{fault}" for check in CHECKS for fault in check(now)]
