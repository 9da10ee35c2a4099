"""Following one Asterisk for as long as it takes, whatever happens to it, to the link and to the
database."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from presence.models import Agent, AgentState
from routing.connectors import running
from routing.connectors.asterisk import follower, teller
from routing.connectors.desk import Desk
from routing.models import Connector, ConnectorLink, Interaction, Leg, QueueEntry, Unmatched
from routing.reports import Report
from tests import databases
from tests.factories import START, choose
from tests.routing.asterisk.pbx import Chan
from tests.routing.connectors.ami_server import AmiServer, until
from tests.routing.connectors.floor import (
    CALLER,
    PHONE,
    TALK,
    answers,
    hangs_up,
    make_alice,
    one_member,
    rings,
)
from tests.routing.connectors.live import Live, live, make_connector

pytestmark = pytest.mark.usefixtures("committed")

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "SHORTEST_BACKOFF", 0.01)
    monkeypatch.setattr(follower, "RENEW_EVERY", 0.05)
    monkeypatch.setattr(teller, "TELL_EVERY", 0.05)
    monkeypatch.setattr(running, "LOOK_EVERY", 0.02)


def shown() -> str:
    return AgentState.objects.get(agent__name="Alice").shown_status_id


async def following(it: Live, **settings: Any) -> None:
    await it.ask(make_alice)
    await it.start(**settings)
    await it.in_step()


def link() -> ConnectorLink:
    return ConnectorLink.objects.get()


# --- what happens to calls ---------------------------------------------------------------------


async def test_g5_a_call_that_ended_while_the_link_was_down_ends_at_the_best_known_time() -> None:
    async with live(one_member()) as it:
        await following(it)
        rings(it.server)
        answers(it.server)
        await it.in_step()
        assert await it.ask(shown) == "on_call"
        it.server.drop()
        hangs_up(it.server)
        it.move_to(60)
        last = str(int(it.now.timestamp()) - 20)
        it.server.system.members["support", PHONE]["lastcall"] = last
        it.move_to(600)
        await it.in_step()
        await it.rest(2)
        assert await it.ask(shown) == "available"
        leg = await it.ask(Leg.objects.get)
        assert leg.ended_at
        ended = int(leg.ended_at.timestamp())
        assert (leg.estimated, leg.outcome, ended) == (True, "hung_up", int(last))
        interaction = await it.ask(Interaction.objects.get)
        assert interaction.outcome == "handled"


async def test_g5_a_call_that_began_while_the_link_was_down_appears() -> None:
    async with live(one_member()) as it:
        await following(it)
        it.server.drop()
        rings(it.server)
        answers(it.server)
        await it.in_step()
        leg = await it.ask(Leg.objects.select_related("interaction__queue").get)
        assert (leg.external_id, leg.state) == (TALK.id, "handling")
        call = leg.interaction
        assert (call.external_id, call.caller, str(call.queue)) == ("100.1", "555", "support")


async def test_g6_an_asterisk_that_was_restarted_has_no_calls_and_is_paused_again() -> None:
    async with live(one_member()) as it:
        await following(it)
        await it.ask(lambda: choose(Agent.objects.get(name="Alice"), "on_break", 1))
        await until(lambda: it.server.system.members["support", PHONE]["paused"] == "1")
        rings(it.server)
        answers(it.server)
        await it.in_step()
        it.server.restart()
        await it.in_step()
        await it.rest(2)
        assert await it.ask(lambda: Leg.objects.filter(ended_at=None).count()) == 0
        await until(lambda: it.server.system.members["support", PHONE]["paused"] == "1")
        assert await it.ask(shown) == "on_break"


async def test_a_process_that_begins_anew_goes_on_with_the_calls_of_the_one_before() -> None:
    async with live(one_member()) as it:
        await following(it)
        rings(it.server)
        answers(it.server)
        await it.in_step()
        await it.stop()
        await it.start()
        await it.in_step()
        assert await it.ask(Leg.objects.count) == 1
        hangs_up(it.server)
        await it.rest(2)
        leg = await it.ask(Leg.objects.get)
        assert (leg.outcome, leg.estimated) == ("hung_up", False)


async def test_callers_who_left_while_nobody_listened_wait_no_longer() -> None:
    async with live(one_member()) as it:
        await following(it)
        it.server.say({"Event": "Newchannel"} | CALLER.keys())
        it.server.say({"Event": "QueueCallerJoin", "Queue": "support"} | CALLER.keys())
        await it.in_step()
        assert await it.ask(lambda: QueueEntry.objects.filter(left_at=None).count()) == 1
        await it.stop()
        it.server.say({"Event": "QueueCallerLeave", "Queue": "support"} | CALLER.keys())
        it.server.say({"Event": "Hangup"} | CALLER.keys())
        await it.start()
        await it.in_step()
        assert await it.ask(lambda: QueueEntry.objects.filter(left_at=None).count()) == 0
        call = await it.ask(Interaction.objects.get)
        assert call.outcome == "unanswered"


async def test_d7_a_call_handed_to_an_outside_number_ends_with_its_last_channel() -> None:
    outside = Chan("PJSIP/trunk-00000009", "100.9", "100.1")
    async with live(one_member()) as it:
        await following(it)
        rings(it.server)
        answers(it.server)
        who = TALK.keys("Transferer") | CALLER.keys("Transferee")
        it.server.say({"Event": "BlindTransfer", "Result": "Success"} | who)
        it.server.say({"Event": "Newchannel"} | outside.keys())
        it.server.say({"Event": "Hangup"} | TALK.keys())
        await it.rest(2)
        call = await it.ask(Interaction.objects.get)
        assert (await it.ask(shown), call.ended_at) == ("available", None)
        it.server.say({"Event": "Hangup"} | CALLER.keys())
        it.server.say({"Event": "Hangup"} | outside.keys())
        await it.rest(2)
        call = await it.ask(Interaction.objects.get)
        assert call.outcome == "transferred"


async def test_g4_unknown_phones_and_queues_are_listed() -> None:
    system = one_member()
    system.add_member("sales", "PJSIP/7")
    async with live(system) as it:
        await following(it, makes_queues=False)
        names = await it.find(lambda: set(Unmatched.objects.values_list("kind", "name")))
        assert names == {("phone", "PJSIP/7"), ("queue", "sales")}


# --- what happens to the link ------------------------------------------------------------------


async def test_the_state_of_the_link_is_told() -> None:
    async with live(one_member()) as it:
        await following(it)
        up = await it.ask(link)
        assert (up.state, up.error) == ("up", "")
        await it.find(lambda: link().heard_at and link().snapshot_at)
        it.server.down = True
        it.server.drop()
        down = await it.find(lambda: link() if link().state == "down" else None)
        assert down.error == "The connection was closed."


async def test_what_asterisk_does_not_allow_is_remarked() -> None:
    async with live(one_member()) as it:
        it.server.refuse["coreshowchannels"] = "Permission denied"
        await following(it)
        remarks = await it.find(lambda: link().remarks)
        assert remarks[0].startswith("Asterisk does not tell of its channels: Permission denied.")
        assert await it.ask(shown) == "available"


async def test_the_secret_is_neither_logged_nor_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with live(one_member()) as it:
        await it.start(secret="shibboleth")
        refused = await it.find(lambda: ConnectorLink.objects.exclude(error="").first())
        assert "Authentication failed" in refused.error
        seen = caplog.text + refused.error + repr(await it.ask(Connector.objects.get))
        assert "shibboleth" not in seen


# --- what happens to the database --------------------------------------------------------------


async def test_reports_wait_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Desk._take
    away = True

    def fail(desk: Desk, report: Report, known: Collection[str]) -> None:
        if away:
            raise OperationalError("the server is gone")
        take(desk, report, known)

    async with live(one_member()) as it:
        await following(it)
        monkeypatch.setattr(Desk, "_take", fail)
        rings(it.server)
        answers(it.server)
        await until(lambda: it.follower.heard < it.server.said)
        assert await it.ask(Leg.objects.count) == 0
        away = False
        await it.in_step()
        assert await it.ask(shown) == "on_call"


# --- several processes -------------------------------------------------------------------------


async def process() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "manage.py",
        "run_connectors",
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": databases.url(), "LOG_LEVEL": "ERROR"},
        stdout=asyncio.subprocess.PIPE,
    )


async def test_of_two_processes_one_holds_the_link_and_the_other_takes_over_from_a_dead_one() -> (
    None
):
    async with live(one_member()) as it:
        await it.ask(make_alice)
        await it.ask(lambda: make_connector(it.server.port))
        first = await process()
        await until(lambda: it.server.said > 2)
        second = await process()
        try:
            assert second.stdout
            assert await second.stdout.readline() == b"Following pbx. Ctrl-C stops.\n"
            holder = await it.ask(lambda: link().holder)
            assert it.server.logins == {"accepted": 1}
            first.kill()
            await first.wait()
            await it.ask(lambda: ConnectorLink.objects.update(held_until=START))  # it runs out
            await until(lambda: it.server.said > 2 and it.server.logins["accepted"] == 2)
            assert await it.ask(lambda: link().holder) != holder
        finally:
            for one in (first, second):
                if one.returncode is None:
                    one.send_signal(signal.SIGTERM)
                await one.wait()
        assert second.returncode == 0


async def test_a_process_without_a_connector_waits_for_one() -> None:
    async with live(one_member()) as it:
        await it.ask(make_alice)
        waiting = await process()
        try:
            assert waiting.stdout
            assert b"no connector yet" in await waiting.stdout.readline()
            await it.ask(lambda: make_connector(it.server.port))
            await until(lambda: it.server.logins["accepted"])
        finally:
            waiting.send_signal(signal.SIGTERM)
            await waiting.wait()


async def test_a_connector_that_an_admin_changes_is_followed_anew() -> None:
    async with live(one_member()) as it, AmiServer(one_member()) as other:
        await it.ask(make_alice)
        await it.ask(lambda: make_connector(it.server.port))
        following = asyncio.create_task(running.run_connectors())
        try:
            await until(lambda: it.server.sessions)
            await it.ask(lambda: Connector.objects.update(port=other.port))
            await until(lambda: other.logins["accepted"] and not it.server.sessions)
            await it.ask(lambda: Connector.objects.update(active=False))
            await until(lambda: not other.sessions)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
