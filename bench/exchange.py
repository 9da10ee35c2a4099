"""A busy Asterisk: the tests' scripted one, with calls coming in at a steady rate.

    python -m bench.exchange SECONDS

Prints its port; then, once a line of input says that somebody is in step, it talks until as many
calls end as begin, and from then on for so long. Of that it prints a line `leg action moment` for
each thing that happens to an agent's call, with the moment (the machine's monotonic seconds) at
which it was said, and last how many events there were and in how many seconds.
"""

import asyncio
import heapq
import itertools
import sys
import time
from collections.abc import Callable, Iterator

from tests.routing.asterisk.pbx import Chan
from tests.routing.connectors.ami_server import AmiServer
from tests.routing.connectors.system import System

AGENTS, QUEUES = 500, 20
EVENTS_A_SECOND = 200
RING, TALK = 3.0, 12.0
WARM_UP = RING + TALK + 1
"""Seconds."""


def address(agent: int) -> str:
    return f"PJSIP/{1000 + agent}"


def queue_of(agent: int) -> str:
    return f"queue{agent % QUEUES}"


def floor() -> System:
    system = System()
    for agent in range(AGENTS):
        system.add_member(queue_of(agent), address(agent))
    return system


class Exchange:
    """Says what happens in its calls, and prints what that is to the agents."""

    def __init__(self, server: AmiServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self.said = 0
        self.warm_at = time.monotonic() + WARM_UP

    def call(self, agent: int) -> Iterator[float]:
        """One call to an agent, from its arrival to its end; gives the seconds until it goes on."""
        number = next(self._numbers)
        caller = Chan(f"PJSIP/trunk-{number:08x}", f"1.{number}", number=f"555{number}")
        phone = Chan(f"{address(agent)}-{number:08x}", f"2.{number}", caller.id)
        queue = {"Queue": queue_of(agent)}
        member = queue | {"Interface": address(agent), "MemberName": address(agent)}
        both, bridge = caller.keys() | phone.keys("Dest"), {"BridgeUniqueid": f"b{number}"}
        self._say("Newchannel", caller.keys())
        self._say("Newexten", caller.keys())
        self._say("QueueCallerJoin", caller.keys() | queue)
        self._say("Newchannel", phone.keys() | {"ChannelStateDesc": "Down"})
        self._note(phone, "offered")
        self._say("AgentCalled", both | member)
        self._say("DialBegin", both)
        self._say("Newstate", phone.keys() | {"ChannelStateDesc": "Ringing"})
        self._say("DialState", both | {"DialStatus": "RINGING"})
        self._status(agent, "6")
        yield RING
        self._say("Newstate", phone.keys())
        self._note(phone, "answered")
        self._say("DialEnd", both | {"DialStatus": "ANSWER"})
        self._say("QueueCallerLeave", caller.keys() | queue)
        self._say("AgentConnect", both | member)
        self._say("BridgeEnter", phone.keys() | bridge | {"BridgeNumChannels": "1"})
        self._say("BridgeEnter", caller.keys() | bridge | {"BridgeNumChannels": "2"})
        self._status(agent, "2")
        yield TALK
        self._note(phone, "hung_up")
        self._say("AgentComplete", both | member | {"Reason": "caller"})
        self._say("BridgeLeave", phone.keys() | bridge | {"BridgeNumChannels": "1"})
        self._say("BridgeLeave", caller.keys() | bridge | {"BridgeNumChannels": "0"})
        self._say("Hangup", phone.keys() | {"Cause": "16"})
        self._say("Hangup", caller.keys() | {"Cause": "16"})
        self._status(agent, "1")

    def _status(self, agent: int, status: str) -> None:
        known = self._server.system.members[queue_of(agent), address(agent)]
        about = {"Queue": queue_of(agent), "Interface": address(agent)}
        told = {"MemberName": known["name"]} | known | {"status": status}
        self._say("QueueMemberStatus", about | told)

    def _say(self, event: str, fields: dict[str, str]) -> None:
        self._server.say({"Event": event} | fields)
        self.said += 1

    def _note(self, phone: Chan, action: str) -> None:
        if (now := time.monotonic()) >= self.warm_at:
            print(phone.id, action, now)


async def talk(exchange: Exchange, seconds: float, now: Callable[[], float]) -> None:
    """Let things happen at the rate that is wanted: the calls that are due go on, and where that is
    too little, new ones come."""
    began, agents = now(), itertools.cycle(range(AGENTS))
    due: list[tuple[float, int, Iterator[float]]] = []
    order = itertools.count()
    while (passed := now() - began) < seconds:
        while exchange.said < passed * EVENTS_A_SECOND:
            if due and due[0][0] <= now():
                _, _, call = heapq.heappop(due)
            else:
                call = exchange.call(next(agents))
            if wait := next(call, None):
                heapq.heappush(due, (now() + wait, next(order), call))
        await asyncio.sleep(0.005)


async def main(seconds: float) -> None:
    async with AmiServer(floor()) as server:
        print(server.port, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        exchange = Exchange(server)
        await talk(exchange, WARM_UP + seconds, time.monotonic)
        await asyncio.sleep(3)
        print("events", exchange.said, WARM_UP + seconds, flush=True)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
