"""The translator as a whole: what it knows, what it counts, and that nothing brings it down."""

import random
import string
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presence.legs import LEG_MOVES
from presence.state import LegState
from routing.connectors.asterisk.ami import MalformedMessageError, Message, parse
from routing.connectors.asterisk.recording import Entry, read
from routing.connectors.asterisk.translator import Translator
from routing.reports import LegReported, Report
from tests.routing.asterisk.pbx import EPOCH, RECORDINGS, Pbx

TABLE = """
QueueCallerJoin QueueCallerLeave QueueCallerAbandon AgentCalled AgentConnect AgentRingNoAnswer
AgentComplete AgentDump QueueMemberStatus QueueMemberPause QueueMemberAdded QueueMemberRemoved
QueueMemberPenalty QueueMemberRingInUse QueueParams QueueMember QueueEntry QueueStatusComplete
QueueSummary QueueSummaryComplete DialBegin DialState DialEnd Newchannel Newstate Newexten
NewConnectedLine Rename Hangup HangupRequest SoftHangupRequest Hold Unhold BridgeCreate
BridgeEnter BridgeLeave BridgeDestroy BridgeMerge BlindTransfer AttendedTransfer LocalBridge
ConfbridgeJoin ConfbridgeLeave ConfbridgeStart ConfbridgeEnd MeetmeJoin ParkedCall UnParkedCall
ParkedCallTimeOut DeviceStateChange ExtensionStatus PresenceStateChange PeerStatus ContactStatus
FullyBooted Shutdown Reload AgentLogin AgentLogoff VarSet RTCPSent RTCPReceived
""".split()  # noqa: SIM905 - TELEPHONY 5.1, as it lists them


@pytest.mark.parametrize("event", TABLE)
def test_every_event_that_asterisk_sends_is_known(event: str) -> None:
    translator = Translator()
    translator.feed(parse(f"Event: {event}\r\n\r\n"), EPOCH)
    assert not translator.unknown


def test_g21_events_of_an_unknown_type_are_counted_and_do_no_harm() -> None:
    pbx = Pbx("PJSIP/1001")
    before = list(pbx.reports)
    for event in ("Teleport", "Teleport", "hangup"):
        pbx.say(event, Channel="PJSIP/1001-00000001")
    assert pbx.translator.unknown == {"Teleport": 2, "hangup": 1}
    assert pbx.reports == before


def test_answers_and_the_banner_say_nothing() -> None:
    translator = Translator()
    for text in ("Asterisk Call Manager/13.0.0\r\n", "Response: Error\r\nMessage: No\r\n\r\n"):
        assert translator.feed(parse(text), EPOCH) == []
    assert not translator.unknown


# --- nothing brings it down --------------------------------------------------------------------

PHONES = ["PJSIP/1001", "Local/1002@agents", "PJSIP/1003"]
CHANNELS = [
    "PJSIP/1001-00000001",
    "PJSIP/1001-00000002",
    "Local/1002@agents-00000003;1",
    "Local/1002@agents-00000003;2",
    "PJSIP/1003-00000004",
    "PJSIP/trunk-00000005",
    "PJSIP/1001-00000001<ZOMBIE>",
    "PJSIP/1001-00000001<MASQ>",
    "nonsense",
]
IDS = [f"100.{number}" for number in range(6)]
PREFIXES = ("", "Dest", "Transferer", "OrigTransferer", "SecondTransferer", "Transferee")
VALUES: dict[str, list[str]] = {
    **{f"{prefix}Channel": CHANNELS for prefix in PREFIXES},
    **{f"{prefix}Uniqueid": IDS for prefix in PREFIXES},
    **{f"{prefix}Linkedid": IDS[:2] for prefix in PREFIXES},
    "ChannelStateDesc": ["Up", "Ringing", "Down"],
    "DialStatus": ["ANSWER", "BUSY", "CANCEL", "NOANSWER", "CONGESTION"],
    "Interface": PHONES,
    "Location": PHONES,
    "StateInterface": [*PHONES, "hint:1@x", "Custom:1"],
    "Queue": ["support", "sales"],
    "Status": ["0", "1", "2", "3", "5", "6", "7", "8", "x"],
    "InCall": ["0", "1"],
    "Paused": ["0", "1"],
    "PausedReason": ["", "Lunch"],
    "Reason": ["caller", "agent", "transfer"],
    "Result": ["Success", "Fail"],
    "DestType": ["Bridge", "Threeway", "Fail"],
    "Cause": ["0", "16", "17", "26", "34", "x"],
    "BridgeUniqueid": ["a", "b"],
    "BridgeNumChannels": ["0", "1", "2", "3", "x"],
    "SwapUniqueid": IDS,
    "FromBridgeUniqueid": ["a", "b"],
    "ToBridgeUniqueid": ["a", "b"],
    "Newname": CHANNELS,
    "Wait": ["0", "99999999999999999999", "-5", "x"],
    "Strategy": ["ringall", "rrmemory"],
    "ActionID": ["", "a"],
    "ListItems": ["0", "1", "2", "x"],
    "EndpointName": ["1001"],
    "ContactStatus": ["Reachable", "Removed"],
    "Device": PHONES,
    "State": ["UNAVAILABLE", "INUSE"],
}


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """A message of a real type in which any key may be missing, and any value be another's."""
    keys = draw(st.sets(st.sampled_from(sorted(VALUES))))
    fields = {key.lower(): draw(st.sampled_from(VALUES[key])) for key in sorted(keys)}
    return Message(draw(st.sampled_from(TABLE)), fields=fields)


def random_message(rng: random.Random) -> Message:
    """The same, with most keys there: what goes furthest."""
    keys = [key for key in VALUES if rng.random() < 0.8]
    fields = {key.lower(): rng.choice(VALUES[key]) for key in keys}
    return Message(rng.choice(TABLE), fields=fields)


ENDS = ("rejected", "ring_timed_out", "withdrawn", "hung_up", "transferred")


def check(told: list[Report]) -> None:
    """Each leg moves as the machine's table has it, and of an ended leg nothing more is told."""
    states: dict[str, LegState] = {}
    for report in told:
        if isinstance(report, LegReported):
            state = LEG_MOVES.get((states.get(report.leg), report.action))
            assert state, report
            states[report.leg] = LegState.ENDED if report.action.value in ENDS else state


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(messages(), st.floats(-5, 500)), max_size=40))
def test_no_message_in_any_order_raises(said: list[tuple[Message, float]]) -> None:
    translator = Translator()
    for message, t in said:
        translator.feed(message, EPOCH + timedelta(seconds=t))
    translator.settle(EPOCH + timedelta(days=1))


def test_long_random_talk_goes_everywhere_and_ended_stays_ended() -> None:
    rng = random.Random(7)
    seen: set[str] = set()
    for _ in range(150):
        translator, told, t = Translator(PHONES), [], 0.0
        for _ in range(300):
            t += rng.choice([0.0, 0.001, 0.05, 0.3, 5.0])
            told += translator.feed(random_message(rng), EPOCH + timedelta(seconds=t))
        told += translator.settle(EPOCH + timedelta(seconds=t + 60))
        check(told)
        seen |= {report.action.value for report in told if isinstance(report, LegReported)}
    assert seen >= {"offered", "dialed", "answered", "held", "consulted", "conferenced", *ENDS}


@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from(sorted(path.stem for path in RECORDINGS.glob("*.jsonl"))),
    seed=st.integers(0, 10_000),
    lost=st.floats(0, 0.5),
    mixed=st.integers(0, 30),
)
def test_recordings_with_lines_lost_and_mixed_up_raise_nothing_and_end_each_leg_once(
    name: str, seed: int, lost: float, mixed: int
) -> None:
    rng = random.Random(seed)
    items = [item for item in read(RECORDINGS / f"{name}.jsonl") if isinstance(item, Entry)]
    kept = [item for item in items if rng.random() >= lost]
    order = sorted(range(len(kept)), key=lambda index: index + rng.uniform(0, mixed))
    translator, told = Translator(), []
    for index, place in enumerate(order):
        at = EPOCH + timedelta(seconds=kept[index].t)
        told += translator.feed(kept[place].message, at)
    told += translator.settle(EPOCH + timedelta(days=1))
    check(told)


@given(st.text(string.printable, max_size=200))
def test_any_text_is_a_message_or_is_refused(text: str) -> None:
    with suppress(MalformedMessageError):
        Translator().feed(parse(text), EPOCH)
