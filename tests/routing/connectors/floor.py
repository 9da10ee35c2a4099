"""A floor of one agent, Alice, whose desk phone serves one queue of the scripted Asterisk."""

from presence.events import DeviceKind
from presence.models import Agent
from tests.factories import make_agent, make_queue
from tests.routing.asterisk.pbx import Chan
from tests.routing.connectors.ami_server import AmiServer
from tests.routing.connectors.system import System

PHONE = "PJSIP/1001"
CALLER = Chan("PJSIP/trunk-00000001", "100.1", number="555")
TALK = Chan("PJSIP/1001-00000002", "100.2", "100.1")


def make_alice() -> Agent:
    """Alice, who serves `support` on her desk phone."""
    sip = [DeviceKind.SIP]
    alice = make_agent(
        "Alice", mode="available", presence="telephony", connected=False, devices=sip
    )
    alice.devices.update(address=PHONE)
    make_queue("support", members=[alice])
    return alice


def one_member() -> System:
    system = System()
    system.add_member("support", PHONE)
    return system


def rings(server: AmiServer) -> None:
    """A caller comes, and it rings at Alice's."""
    server.say({"Event": "Newchannel"} | CALLER.keys())
    server.say({"Event": "QueueCallerJoin", "Queue": "support"} | CALLER.keys())
    server.say({"Event": "Newchannel"} | TALK.keys() | {"ChannelStateDesc": "Down"})
    about = {"Queue": "support", "Interface": PHONE, "MemberName": "Alice"}
    ringing = TALK.keys("Dest") | {"DestChannelStateDesc": "Ringing"}
    server.say({"Event": "AgentCalled"} | CALLER.keys() | ringing | about)


def answers(server: AmiServer) -> None:
    about = {"Queue": "support", "Interface": PHONE, "MemberName": "Alice"}
    both = CALLER.keys() | TALK.keys("Dest")
    server.say({"Event": "DialEnd", "DialStatus": "ANSWER"} | both)
    server.say({"Event": "QueueCallerLeave", "Queue": "support"} | CALLER.keys())
    server.say({"Event": "AgentConnect"} | both | about)


def hangs_up(server: AmiServer) -> None:
    for channel in (TALK, CALLER):
        server.say({"Event": "Hangup", "Cause": "16"} | channel.keys())
