"""Asterisk is told who is paused and who is in which queue, and nothing counts before its own event
says so (BEHAVIOURS G8, G9, G10)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from presence import actions
from presence.actions import Outcome
from presence.events import Cause, Choice, Choose, LegAction, LegEvent, LogIn, LogOut
from presence.models import Agent, AgentState, Transition
from routing import actions as routing
from routing.connectors import checks
from routing.connectors.asterisk import follower, teller
from routing.models import (
    CallCheck,
    Claim,
    Connector,
    ConnectorLink,
    Leg,
    Membership,
    PauseRequest,
    Queue,
)
from tests.factories import make_reason
from tests.routing.connectors.ami_server import until
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
from tests.routing.connectors.live import Live, live
from tests.routing.connectors.system import System

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "SHORTEST_BACKOFF", 0.01)
    monkeypatch.setattr(follower, "RENEW_EVERY", 0.05)
    monkeypatch.setattr(follower, "LOST_AFTER", 0.2)
    monkeypatch.setattr(teller, "TELL_EVERY", 0.05)
    monkeypatch.setattr(teller, "GATHER", 0.01)


async def following(it: Live, **settings: Any) -> None:
    await it.ask(make_alice)
    await it.start(**settings)
    await it.in_step()


def alice() -> AgentState:
    return AgentState.objects.select_related("agent", "mode_reason").get(agent__name="Alice")


async def choose(it: Live, status: str, reason: int | None = None) -> Outcome:
    it.now += timedelta(seconds=1)
    event = Choose(at=it.now, choice=Choice(status, reason))
    return await it.ask(lambda: actions.apply(alice().agent_id, event))


def held(it: Live, queue: str = "support") -> tuple[bool, str]:
    member = it.server.system.members[queue, PHONE]
    return member["paused"] == "1", member["pausedreason"]


def asked(it: Live, action: str = "QueuePause") -> list[tuple[str, str]]:
    """What was asked: paused and the reason, or the queue."""
    found = [a for a in it.server.asked if a["action"] == action]
    if action == "QueuePause":
        return [(a["paused"], a["reason"]) for a in found]
    return [(a["queue"], a.get("paused", "")) for a in found]


async def confirmed(it: Live) -> PauseRequest:
    found = await it.find(lambda: PauseRequest.objects.exclude(confirmed_at=None).first())
    assert isinstance(found, PauseRequest)
    return found


def pbx_pauses(it: Live, paused: str, reason: str) -> None:
    """Somebody pauses, or no longer, by a phone code."""
    for (queue, interface), member in [*it.server.system.members.items()]:
        state = member | {"paused": paused, "pausedreason": reason}
        about = {"Event": "QueueMemberPause", "Queue": queue, "Interface": interface}
        it.server.say(about | {"MemberName": member["name"]} | state)


# --- pauses ------------------------------------------------------------------------------------


async def test_g10_a_break_pauses_an_agent_of_five_queues_once_with_the_reasons_name() -> None:
    system = one_member()
    for number in range(4):
        system.add_member(f"queue{number}", PHONE)
    async with live(system) as it:
        await following(it)
        before = await it.ask(Transition.objects.count)
        lunch = await it.ask(make_reason)
        await choose(it, "on_break", lunch.pk)
        request = await confirmed(it)
        await it.in_step()
        assert {held(it, queue) for queue, _ in system.members} == {(True, "Lunch")}
        assert (request.paused, request.reason, request.error) == (True, "Lunch", "")
        await choose(it, "available")
        await until(lambda: not held(it)[0])
        await it.in_step()
        assert asked(it) == [("true", "Lunch"), ("false", "")]
        row = await it.ask(alice)
        assert (row.mode_id, row.mode_cause) == ("available", Cause.AGENT)
        assert await it.ask(Transition.objects.count) == before + 2


async def test_two_changes_in_quick_succession_end_right() -> None:
    async with live(one_member()) as it:
        await following(it)
        it.server.hold_back = True
        await choose(it, "on_break")
        await until(lambda: len(asked(it)) == 1)
        await choose(it, "available")
        it.server.release()
        await until(lambda: asked(it)[-1:] == [("false", "")])
        await until(lambda: not held(it)[0])
        await it.in_step()
        row = await it.ask(alice)
        assert (row.mode_id, row.mode_cause) == ("available", Cause.AGENT)


async def test_g8_a_refusal_is_kept_and_tried_again_until_it_is_done() -> None:
    async with live(one_member()) as it:
        await following(it)
        it.server.refuse["queuepause"] = "Permission denied"
        await choose(it, "on_break")
        request = await it.find(lambda: PauseRequest.objects.exclude(error="").first())
        assert (request.error, request.confirmed_at) == ("Permission denied", None)
        it.server.refuse.clear()
        it.now += timedelta(seconds=10)
        assert (await confirmed(it)).error == ""
        assert held(it)[0]


async def test_g9_a_pause_by_phone_code_is_followed_and_not_echoed() -> None:
    async with live(one_member()) as it:
        await following(it)
        lunch = await it.ask(make_reason)
        it.now += timedelta(seconds=1)
        pbx_pauses(it, "1", "lunch")
        await it.in_step()
        row = await it.ask(alice)
        assert (row.mode_id, row.mode_reason_id) == ("on_break", lunch.pk)
        assert row.mode_cause == Cause.TELEPHONY
        it.now += timedelta(seconds=1)
        pbx_pauses(it, "0", "")
        await it.in_step()
        assert (await it.ask(alice)).mode_id == "available"
        assert ("true", "lunch") not in asked(it)


async def test_a_connector_that_only_watches_asks_nothing() -> None:
    async with live(one_member()) as it:
        await following(it, tells_pauses=False)
        await choose(it, "on_break")
        await it.find(lambda: ConnectorLink.objects.exclude(rate=0).first())
        assert {a["action"] for a in it.server.asked} <= {
            "Login",
            "QueueStatus",
            "CoreShowChannels",
        }


async def test_a_missed_call_and_wrap_up_and_what_waits_are_told() -> None:
    async with live(one_member()) as it:
        await following(it)
        await it.ask(lambda: Queue.objects.get().ring_groups.update(wrap_up_seconds=30))
        rings(it.server)
        answers(it.server)
        await it.in_step()
        assert asked(it) == []
        hangs_up(it.server)
        await until(lambda: held(it) == (True, "Wrap-Up"))
        await choose(it, "on_break")
        await until(lambda: held(it) == (True, "On Break"))
        assert (await it.ask(alice)).pending_id == "on_break"


async def test_what_a_missed_call_leads_to_is_rollcalls_to_say() -> None:
    """Asterisk's own autopause comes with the miss."""
    async with live(one_member()) as it:
        await following(it)
        rings(it.server)
        about = {"Queue": "support", "Interface": PHONE, "RingTime": "20000"}
        it.server.say({"Event": "AgentRingNoAnswer"} | CALLER.keys() | TALK.keys("Dest") | about)
        pbx_pauses(it, "1", "Auto-Pause")
        it.server.say({"Event": "Hangup", "Cause": "26"} | TALK.keys())
        await it.rest(2)
        await until(lambda: held(it) == (True, "No Answer"))
        row = await it.ask(alice)
        assert (row.shown_status_id, row.mode_id) == ("no_answer", "available")


async def test_a_mode_to_come_that_takes_calls_pauses_nobody_for_its_name() -> None:
    async with live(one_member()) as it:
        await following(it)
        await choose(it, "on_break")
        await until(lambda: held(it) == (True, "On Break"))
        rings(it.server)
        answers(it.server)
        await it.in_step()
        await choose(it, "available")
        hangs_up(it.server)
        await until(lambda: held(it) == (False, ""))
        assert ("true", "Available") not in asked(it)


async def test_rollcalls_own_pause_is_not_taken_for_somebodys_after_the_link_was_lost() -> None:
    async with live(one_member(), timezone.now()) as it:
        await following(it)
        await it.ask(lambda: Queue.objects.get().ring_groups.update(wrap_up_seconds=30))
        rings(it.server)
        answers(it.server)
        hangs_up(it.server)
        await until(lambda: held(it) == (True, "Wrap-Up"))
        await confirmed(it)
        await it.stop()
        wrap_up = (await it.ask(Leg.objects.get)).external_id
        await it.ask(lambda: _wrap_up_done(wrap_up, it))
        await it.start()
        await until(lambda: held(it) == (False, ""))
        assert (await it.ask(alice)).mode_id == "available"


def _wrap_up_done(leg: str, it: Live) -> None:
    done = LegEvent(at=it.now, action=LegAction.WRAP_UP_DONE, leg=leg)
    routing.apply(alice().agent_id, done)


# --- members -----------------------------------------------------------------------------------


def empty_queue() -> System:
    system = System()
    system.queues["support"] = {"strategy": "rrmemory"}
    return system


async def log(it: Live, event: type[LogIn | LogOut]) -> None:
    it.now += timedelta(seconds=1)
    await it.ask(lambda: actions.apply(alice().agent_id, event(at=it.now)))


async def out(it: Live) -> None:
    """Alice is logged out before anything begins."""
    await it.ask(make_alice)
    await log(it, LogOut)


async def test_logging_in_joins_the_queues_paused_and_logging_out_leaves_them() -> None:
    async with live(empty_queue()) as it:
        await out(it)
        await it.start(manages_members=True)
        await it.in_step()
        await log(it, LogIn)
        await until(lambda: ("support", PHONE) in it.server.system.members)
        assert asked(it, "QueueAdd") == [("support", "true")]
        await choose(it, "available")
        await until(lambda: held(it) == (False, ""))
        assert (await it.ask(alice)).telephony_logged_in
        await log(it, LogOut)
        await until(lambda: ("support", PHONE) not in it.server.system.members)
        await it.in_step()
        assert await it.ask(Membership.objects.count) == 1
        assert (await it.ask(alice)).mode_id == "offline"


async def test_e6_one_who_logs_out_on_a_call_leaves_the_queues_when_it_is_over() -> None:
    system = empty_queue()
    system.add_member("support", PHONE, membership="dynamic")
    async with live(system) as it:
        await following(it, manages_members=True)
        rings(it.server)
        answers(it.server)
        await it.in_step()
        await log(it, LogOut)
        await until(lambda: held(it)[0])  # whoever is to leave gets no call until then
        assert asked(it, "QueueRemove") == []
        hangs_up(it.server)
        await until(lambda: ("support", PHONE) not in it.server.system.members)


async def test_a_static_member_stays_and_that_is_a_remark() -> None:
    async with live(one_member()) as it:
        await out(it)
        await it.start(manages_members=True)
        link = await it.find(lambda: ConnectorLink.objects.exclude(remarks=[]).first())
        assert any("static member" in remark for remark in link.remarks)
        assert asked(it, "QueueRemove") == []


async def test_a_member_who_cannot_be_added_is_a_remark_and_no_loop() -> None:
    async with live(empty_queue()) as it:
        await out(it)
        it.server.refuse["queueadd"] = "Permission denied"
        await it.start(manages_members=True)
        await it.in_step()
        await log(it, LogIn)
        link = await it.find(lambda: ConnectorLink.objects.exclude(remarks=[]).first())
        assert any("Permission denied" in remark for remark in link.remarks)
        assert len(asked(it, "QueueAdd")) == 1


# --- the link is lost --------------------------------------------------------------------------


@pytest.mark.parametrize(("receives", "why_not"), [(False, "link_lost"), (True, "")])
async def test_g7_who_may_receive_while_the_link_is_lost_is_the_connectors_to_say(
    receives: bool, why_not: str
) -> None:
    async with live(one_member()) as it:
        await following(it, receives_when_lost=receives)
        it.server.down = True
        it.server.drop()
        it.now += timedelta(seconds=60)
        await it.find(lambda: ConnectorLink.objects.filter(state="down").first())
        if not receives:
            await it.find(lambda: not alice().may_receive)
        row = await it.ask(alice)
        assert (row.shown_status_id, row.why_not) == ("available", why_not)
        it.server.down = False
        await it.in_step()
        row = await it.ask(alice)
        assert (row.may_receive, row.phone) == (True, "reachable")


# --- two connectors ----------------------------------------------------------------------------


async def test_g23_of_two_connectors_with_one_phone_the_first_is_believed() -> None:
    async with live(one_member()) as first, live(one_member()) as second:
        await following(first, tells_pauses=False)
        await first.find(lambda: ConnectorLink.objects.filter(state="up").first())
        await second.start(name="old", priority=2, tells_pauses=False)
        await second.in_step()
        await second.find(lambda: Claim.objects.filter(connector__name="old").first())
        second.now = first.now + timedelta(seconds=5)
        pbx_pauses(second, "1", "Lunch")
        rings(second.server)
        await second.in_step()
        assert (await second.ask(alice)).shown_status_id == "available"
        ignored = await second.find(lambda: Claim.objects.filter(ignored__gt=1).first())
        assert ignored.connector_id == (await second.ask(lambda: _connector("old"))).pk
        await first.stop()  # whose link is down is believed no longer

        async def follows(reason: str) -> bool:
            second.now += timedelta(seconds=1)
            pbx_pauses(second, "1", reason)
            await second.in_step()
            return (await second.ask(alice)).mode_id == "on_break"

        tries = 0
        while not await follows(f"Training {tries}"):
            tries += 1
            assert tries < 200, "it is never believed"


def _connector(name: str) -> Connector:
    return Connector.objects.get(name=name)


# --- a supervisor's doubt ----------------------------------------------------------------------


async def doubt(it: Live) -> None:
    """A supervisor asks, and Asterisk has answered a while ago."""
    [session] = it.server.sessions
    before = session.snapshots
    assert len(await it.ask(lambda: checks.ask(Agent.objects.get(), it.now))) == 1
    it.now += timedelta(seconds=1)
    await until(lambda: session.snapshots > before)
    await it.rest(1.5)
    await it.rest(5)


async def test_f10_a_call_that_asterisk_does_not_know_is_ended_when_a_supervisor_asks() -> None:
    async with live(one_member()) as it:
        await following(it)
        rings(it.server)
        answers(it.server)
        await it.in_step()
        it.server.system.channels.clear()  # their ends were never said
        await doubt(it)
        check = await it.find(lambda: CallCheck.objects.exclude(answered_at=None).first())
        assert check.ended == 1
        assert (await it.ask(alice)).shown_status_id == "available"


async def test_f10_a_call_that_goes_on_is_left_alone() -> None:
    async with live(one_member()) as it:
        await following(it)
        rings(it.server)
        answers(it.server)
        await it.in_step()
        await doubt(it)
        check = await it.find(lambda: CallCheck.objects.exclude(answered_at=None).first())
        assert check.ended == 0
        assert (await it.ask(alice)).shown_status_id == "on_call"
