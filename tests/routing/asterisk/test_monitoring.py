"""Supervisors who listen in, whisper or barge in, told by ChanSpy's events (BEHAVIOURS D12)."""

import pytest

from presence.events import LegAction
from routing.reports import LegReported
from tests.routing.asterisk.pbx import Chan, Pbx, on_a_call

PHONE, BOSS = "PJSIP/1001", "PJSIP/1002"
CALLER = Chan("PJSIP/trunk-00000001", "100.1", number="555")
TALK = Chan("PJSIP/1001-00000002", "100.2", "100.1", number="1001")
EAR = Chan("PJSIP/1002-00000005", "110.5", number="1002")


def spies(pbx: Pbx, heard: Chan, event: str = "ChanSpyStart") -> None:
    pbx.say(event, EAR.keys("Spyer"), heard.keys("Spyee"))


@pytest.fixture
def pbx() -> Pbx:
    """One agent talks to a queue's caller, and the supervisor has dialled the feature code."""
    pbx = on_a_call(TALK, CALLER)
    pbx.say("Newchannel", EAR.keys())
    return pbx


@pytest.mark.parametrize("heard", [TALK, CALLER])
def test_d12_listening_to_either_side_of_a_call_is_a_part_in_it(pbx: Pbx, heard: Chan) -> None:
    spies(pbx, heard)
    (report,) = [leg for leg in pbx.told(LegReported) if leg.address == BOSS]
    assert (report.action, report.interaction, report.queue) == (LegAction.MONITORED, "100.1", "")
    pbx.wait(20)
    spies(pbx, heard, "ChanSpyStop")
    pbx.hangs_up(EAR)
    pbx.wait(5)
    assert pbx.legs(BOSS) == ["monitored", "hung_up"]
    assert pbx.legs(PHONE) == ["offered", "answered"]


def test_d12_the_same_told_twice_is_one_part(pbx: Pbx) -> None:
    spies(pbx, TALK)
    spies(pbx, TALK)
    pbx.hangs_up(EAR)
    pbx.hangs_up(EAR)
    assert pbx.legs(BOSS) == ["monitored", "hung_up"]


def test_d12_a_supervisor_goes_on_from_call_to_call_and_back(pbx: Pbx) -> None:
    other = Chan("PJSIP/1003-00000007", "120.7", "120.6")
    for heard in (TALK, other, TALK):
        spies(pbx, heard)
        pbx.wait(5)
    assert pbx.legs(BOSS) == ["monitored", "hung_up", "monitored", "hung_up", "monitored"]
    calls = [leg.interaction for leg in pbx.told(LegReported) if leg.address == BOSS]
    assert calls == ["100.1", "100.1", "120.6", "120.6", "100.1"]
    assert len({leg.leg for leg in pbx.told(LegReported) if leg.address == BOSS}) == 3


def test_d12_a_phone_that_was_called_to_listen_listens(pbx: Pbx) -> None:
    pbx.dials(None, EAR)
    pbx.dial_ends(None, EAR, "ANSWER")
    spies(pbx, TALK)
    assert pbx.legs(BOSS) == ["offered", "answered", "hung_up", "monitored"]


def test_d12_who_listens_to_nobody_we_know_listens_all_the_same(pbx: Pbx) -> None:
    spies(pbx, Chan("PJSIP/900-00000009", "130.9", "130.8"))
    spies(pbx, Chan("PJSIP/900-00000009", "130.9"), "ChanSpyStop")
    assert pbx.legs(BOSS) == ["monitored", "hung_up"]


def test_d12_a_stranger_who_listens_is_nobodys_part(pbx: Pbx) -> None:
    before = len(pbx.reports)
    pbx.say("ChanSpyStart", CALLER.keys("Spyer"), TALK.keys("Spyee"))
    pbx.say("ChanSpyStop", CALLER.keys("Spyer"))
    assert len(pbx.reports) == before


def test_d12_a_list_of_channels_shows_who_listens_already() -> None:
    pbx = on_a_call(TALK, CALLER)
    rows = [
        (CALLER, {"Application": "Queue", "ApplicationData": "support", "BridgeId": "talk"}),
        (TALK, {"Application": "AppQueue", "BridgeId": "talk"}),
        (EAR, {"Application": "ChanSpy", "ApplicationData": "PJSIP/1001,qw"}),
    ]
    for chan, keys in rows:
        pbx.say("CoreShowChannel", chan.keys(), keys, ActionID="list")
    pbx.say("CoreShowChannelsComplete", ActionID="list", ListItems=len(rows))
    pbx.snapshot({"support": {PHONE: {"Status": 2}, BOSS: {"Status": 2}}})
    pbx.wait(5)
    assert pbx.legs(BOSS) == ["monitored"]
    (report,) = [leg for leg in pbx.told(LegReported) if leg.address == BOSS]
    assert report.interaction == "100.1"
