"""What is wrong on Asterisk's side is said in words, with what to do; what is right is not."""

from pathlib import Path

import pytest

from routing.connectors.asterisk import doubts
from routing.connectors.asterisk.ami import parse
from routing.connectors.asterisk.doubts import Doubts
from routing.connectors.asterisk.recording import Entry, read
from tests.routing.asterisk.pbx import EPOCH, RECORDINGS

SAID = int(EPOCH.timestamp())
MEMBER = {"Queue": "support", "Location": "PJSIP/1001", "StateInterface": "PJSIP/1001"}
ROW = {"Event": "QueueMember", **MEMBER, "CallsTaken": "0", "Paused": "0", "Status": "1"}
PAUSE = {
    "Event": "QueueMemberPause",
    "Privilege": "agent,all",
    "Queue": "support",
    "Interface": "PJSIP/1001",
    "Paused": "1",
    "PausedReason": "Lunch",
    "LastPause": str(SAID),
    "Ringinuse": "0",
}


def doubt(*messages: dict[str, str]) -> list[str]:
    """What is doubted once these were heard."""
    heard = Doubts()
    for fields in messages:
        text = "".join(f"{key}: {value}\r\n" for key, value in fields.items()) + "\r\n"
        heard.hear(parse(text), EPOCH)
    return heard.said()


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_of_a_recorded_asterisk_only_its_hidden_phones_are_doubted(path: Path) -> None:
    heard = Doubts()
    entries = [item for item in read(path) if isinstance(item, Entry)]
    for entry in entries:
        heard.hear(entry.message, EPOCH)
    said = [sentence for sentence in heard.said() if "clock" not in sentence]
    assert len(said) == 1
    assert said[0].startswith("Local/1001@agents, Local/1002@agents, Local/1003@agents and 1 more")


def test_calls_that_ring_though_no_call_is_told_of_are_doubted() -> None:
    called = {"Event": "AgentCalled", "Privilege": "agent,all", "Queue": "support"}
    assert doubt(called) == [doubts.READS_NO_CALLS]
    assert doubt(called, {"Event": "DialBegin", "Privilege": "call,all"}) == []


def test_members_who_change_though_nothing_is_told_of_them_are_doubted() -> None:
    taken = ROW | {"CallsTaken": "1"}
    assert doubt(ROW, ROW) == []
    assert doubt(ROW, taken) == [doubts.READS_NO_AGENTS]
    assert doubt(ROW, PAUSE, taken) == []


def test_a_local_channel_without_a_state_interface_hides_its_phone() -> None:
    local = ROW | {"Location": "Local/1001@agents", "StateInterface": "Local/1001@agents"}
    assert doubt(local) == [doubts.HIDES_PHONES.format("Local/1001@agents")]
    assert doubt(local, local | {"StateInterface": "PJSIP/1001"}) == []
    assert doubt(local, {"Event": "QueueMemberRemoved", "Interface": "Local/1001@agents"}) == []


def test_calls_to_people_on_the_phone_are_doubted_until_that_is_set_right() -> None:
    assert doubt(PAUSE | {"Ringinuse": "1"}) == [doubts.RINGS_IN_USE.format("support")]
    assert doubt(PAUSE | {"Ringinuse": "1"}, PAUSE) == []


def test_a_pause_that_asterisk_made_by_itself_is_doubted() -> None:
    assert doubt(PAUSE) == []
    by_itself = PAUSE | {"PausedReason": "Auto-Pause"}
    assert doubt(by_itself) == [doubts.PAUSES_BY_ITSELF.format("PJSIP/1001")]


@pytest.mark.parametrize(("seconds", "way"), [(31, "ahead of"), (-90, "behind")])
def test_a_clock_that_is_off_is_doubted(seconds: int, way: str) -> None:
    off = PAUSE | {"LastPause": str(SAID + seconds)}
    assert doubt(off) == [doubts.CLOCK_IS_OFF.format(abs(seconds), way)]
    assert doubt(off, PAUSE) == []
    assert doubt(off | {"Paused": "0"}) == []


def test_refused_pauses_are_doubted_when_the_permission_is_missing() -> None:
    assert doubts.of_refusals(["Permission denied"]) == [doubts.MAY_NOT_PAUSE]
    assert doubts.of_refusals(["Interface not found", ""]) == []
