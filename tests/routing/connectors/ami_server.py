"""A Manager Interface that tests script: real TCP, real framing, answers as Asterisk gives them."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from routing.connectors.asterisk.ami import parse
from tests.routing.connectors.system import Fields, System

BANNER = b"Asterisk Call Manager/13.0.0\r\n"
USER, SECRET = "rollcall", "open-sesame"


def encode(fields: dict[str, Any]) -> bytes:
    """A message as it goes over the wire."""
    return "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n"


class Session:
    """One manager who is connected."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.logged_in = False
        self.said, self.snapshots = 1, 0  # the banner

    def send(self, fields: dict[str, Any]) -> None:
        self.said += not fields.keys().isdisjoint(("Event", "event"))
        self.snapshots += fields.get("Event") == "QueueStatusComplete"
        self.writer.write(encode(fields))


class AmiServer:
    """Speaks for `system`. `asked` are the actions that came; `refuse` answers an action with an
    error; `stalled` answers nothing; `hold_back` says events only when they are released."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.asked: list[Fields] = []
        self.refuse: dict[str, str] = {}
        self.stalled = False
        self.hold_back = False
        self.clock: Callable[[], float] = time.time
        self._held: list[dict[str, Any]] = []
        self.down = False
        self.port = 0
        self.logins: Counter[str] = Counter()
        self.sessions: list[Session] = []
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "AmiServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        self.drop()
        await self._server.wait_closed()
        await asyncio.gather(*self._serving)

    @property
    def said(self) -> int:
        """How many messages the manager who is logged in was told, without answers."""
        return sum(session.said for session in self.sessions if session.logged_in)

    # --- what the test lets happen ------------------------------------------------------------

    def say(self, event: dict[str, Any]) -> None:
        """Something happens: it is known from now on, and told to whoever listens."""
        self.system.hear(parse(encode(event).decode()))
        if self.hold_back:
            self._held.append(event)
            return
        for session in self.sessions:
            if session.logged_in:
                session.send(event)

    def release(self) -> None:
        """Say what was held back."""
        self.hold_back, held = False, self._held
        for event in held:
            self.say(event)

    def send(self, data: bytes) -> None:
        """Bytes as they are, to whoever is connected."""
        for session in self.sessions:
            session.writer.write(data)

    def drop(self) -> None:
        """The connections break."""
        for session in [*self.sessions]:
            self.sessions.remove(session)
            session.writer.close()

    def restart(self) -> None:
        """Asterisk is restarted."""
        self.system.restart()
        self.drop()

    # --- connections --------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._serving.add(task)
        if self.down:
            writer.close()
            return
        session = Session(writer)
        self.sessions.append(session)
        writer.write(BANNER)
        try:
            while True:
                text = await reader.readuntil(b"\r\n\r\n")
                pairs = (line.partition(": ") for line in text.decode().splitlines() if line)
                self._answer(session, {key.lower(): value for key, _, value in pairs})
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass
        finally:
            if session in self.sessions:
                self.sessions.remove(session)
            writer.close()

    def _answer(self, session: Session, asked: Fields) -> None:
        self.asked.append(asked)
        if self.stalled:
            return
        name = asked["action"].lower()
        reply = Reply(session, asked.get("actionid", ""))
        if name == "login":
            self._login(session, asked, reply)
        elif not session.logged_in or name in self.refuse:
            reply.error(self.refuse.get(name, "Permission denied"))
        else:
            getattr(self, f"_{name}", lambda *_: reply.error("Invalid/unknown command"))(
                asked, reply
            )

    def _login(self, session: Session, asked: Fields, reply: "Reply") -> None:
        if (asked.get("username"), asked.get("secret")) != (USER, SECRET):
            self.logins["refused"] += 1
            reply.error("Authentication failed")
            session.writer.close()
            return
        self.logins["accepted"] += 1
        reply.success("Authentication accepted")
        session.logged_in = True
        session.send({"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted"})

    # --- actions ------------------------------------------------------------------------------

    def _ping(self, _asked: Fields, reply: "Reply") -> None:
        reply.success("", Ping="Pong")

    def _queuestatus(self, _asked: Fields, reply: "Reply") -> None:
        reply.rows("Queue status will follow", self.system.queue_status(), "QueueStatusComplete")

    def _coreshowchannels(self, _asked: Fields, reply: "Reply") -> None:
        rows = self.system.show_channels()
        reply.rows("Channels will follow", rows, "CoreShowChannelsComplete")

    def _queuepause(self, asked: Fields, reply: "Reply") -> None:
        places = self._places(asked)
        if not places:
            reply.error("Interface not found")
            return
        paused = asked["paused"].lower() in ("true", "yes", "1")
        reply.success(f"Interface {'' if paused else 'un'}paused successfully")
        for queue, interface in places:
            state = {"paused": str(int(paused)), "pausedreason": asked.get("reason", "")}
            state["lastpause"] = str(int(self.clock()))
            self._tell("QueueMemberPause", queue, interface, state)

    def _queueadd(self, asked: Fields, reply: "Reply") -> None:
        queue, interface = asked["queue"], asked["interface"]
        if queue not in self.system.queues:
            reply.error("Unable to add interface to queue: No such queue")
        elif (queue, interface) in self.system.members:
            reply.error("Unable to add interface: Already there")
        else:
            paused = str(int(asked.get("paused") == "true"))
            told = {"membership": "dynamic", "paused": paused}
            told["pausedreason"] = asked.get("reason", "")
            self.system.add_member(queue, interface, **told)
            reply.success("Added interface to queue")
            self._tell("QueueMemberAdded", queue, interface, {})

    def _queueremove(self, asked: Fields, reply: "Reply") -> None:
        queue, interface = asked["queue"], asked["interface"]
        member = self.system.members.get((queue, interface))
        if queue not in self.system.queues:
            reply.error("Unable to remove interface from queue: No such queue")
        elif member is None:
            reply.error("Unable to remove interface: Not there")
        elif member["membership"] != "dynamic":
            reply.error("Member not dynamic")
        else:
            reply.success("Removed interface from queue")
            self._tell("QueueMemberRemoved", queue, interface, {})

    def _places(self, asked: Fields) -> list[tuple[str, str]]:
        queue, interface = asked.get("queue"), asked["interface"]
        places = self.system.members
        return [(q, i) for q, i in places if i == interface and queue in (None, q)]

    def _tell(self, event: str, queue: str, interface: str, change: Fields) -> None:
        member = self.system.members[queue, interface] | change
        told = {"Event": event, "Queue": queue, "MemberName": member["name"]}
        self.say(told | {"Interface": interface} | {k: v for k, v in member.items() if k != "name"})


class Reply:
    """The answer to one action."""

    def __init__(self, session: Session, action_id: str) -> None:
        self._session = session
        self._id = {"ActionID": action_id}

    def success(self, message: str, **more: str) -> None:
        self._session.send({"Response": "Success", **self._id, "Message": message, **more})

    def error(self, message: str) -> None:
        self._session.send({"Response": "Error", **self._id, "Message": message})

    def rows(self, message: str, rows: list[Fields], complete: str) -> None:
        self.success(message, EventList="start")
        for row in rows:
            self._session.send({**row, **self._id})
        end = {"Event": complete, **self._id, "EventList": "Complete", "ListItems": str(len(rows))}
        self._session.send(end)


async def until(ask: Callable[[], Any], seconds: float = 20) -> Any:
    """What `ask` gives once it gives something; asked again and again for a while."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it never came"
        await asyncio.sleep(0.002)
    return answer
