"""One connection to a Manager Interface: logged in, watched, and asked things."""

import asyncio
import itertools
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.wire import Inbox, NotAsteriskError, action

PATIENCE = 10.0
"""Seconds to wait for a connection, and for the answer to an action."""
SILENCE = 20.0
"""Seconds without a word after which Asterisk is asked whether it is still there."""
_WAITING = 10_000


class LinkLost(Exception):
    """The connection cannot be made, or is gone. The text is a sentence for people."""


@dataclass(frozen=True)
class Address:
    """Where the Manager Interface listens, and who asks. The secret is kept out of `repr`."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    tls: bool = False
    verify: bool = True


class Link:
    """A connection that has logged in. Made by `connect`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.inbox = Inbox()
        self._reader, self._writer = reader, writer
        self._ids = (f"rollcall-{number}" for number in itertools.count(1))
        self._asked: dict[str, asyncio.Future[Message]] = {}
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(_WAITING)
        self._lost = "The connection was closed."

    async def ask(self, name: str, **fields: str) -> Message:
        """Send an action; gives its answer. Raises `LinkLost` where none comes."""
        action_id = next(self._ids)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[action_id] = answer
        try:
            self._writer.write(action(name, action_id, **fields))
            await self._writer.drain()
            async with asyncio.timeout(PATIENCE):
                return await answer
        except TimeoutError:
            raise LinkLost(f"Asterisk did not answer {name} within {PATIENCE:.0f} s.") from None
        except OSError as error:
            raise LinkLost(f"The connection broke: {error}.") from error
        finally:
            self._asked.pop(action_id, None)

    async def refuses(self, name: str, **fields: str) -> str:
        """Send an action; gives why Asterisk refuses it, empty where it does not. Raises
        `LinkLost`."""
        answer = await self.ask(name, **fields)
        if answer.response.lower() == "success":
            return ""
        return answer.get("Message") or "no reason given"

    async def messages(self) -> AsyncIterator[list[Message]]:
        """Everything but answers, in the order in which it was said, as many at a time as there
        are. Raises `LinkLost` in the end."""
        while True:
            batch = [await self._messages.get()]
            while not self._messages.empty():
                batch.append(self._messages.get_nowait())
            said = [message for message in batch if message is not None]
            if said:
                yield said
            if len(said) < len(batch):
                raise LinkLost(self._lost)

    async def read(self) -> None:
        """Hear Asterisk until the connection ends. Runs beside whoever asks and follows."""
        try:
            while data := await self._hear():
                for message in self.inbox.feed(data):
                    await self._take(message)
        except ConnectionResetError:
            pass  # closed, if not politely
        except OSError as error:
            self._lost = f"The connection broke: {error.strerror or error}."
        except (NotAsteriskError, LinkLost) as error:
            self._lost = str(error)
        finally:
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(LinkLost(self._lost))
        await self._messages.put(None)

    async def _hear(self) -> bytes:
        """The next bytes; empty at the end. A link that is silent is asked, and given up if it
        does not answer."""
        for patience in (SILENCE, PATIENCE):
            try:
                async with asyncio.timeout(patience):
                    return await self._reader.read(65536)
            except TimeoutError:
                self._writer.write(action("Ping", next(self._ids)))
        raise LinkLost(f"Asterisk has been silent for {SILENCE + PATIENCE:.0f} s.")

    async def _take(self, message: Message) -> None:
        if message.event or not message.response:  # OriginateResponse bears both
            await self._messages.put(message)
        elif (answer := self._asked.get(message.get("ActionID"))) and not answer.done():
            answer.set_result(message)


@asynccontextmanager
async def connect(address: Address) -> AsyncIterator[Link]:
    """Connect and log in. Raises `LinkLost`, saying in words what is wrong."""
    reader, writer = await _open(address)
    link = Link(reader, writer)
    reading = asyncio.create_task(link.read())
    try:
        login = {"Username": address.user, "Secret": address.secret}
        if why := await link.refuses("Login", **login, Events="on"):
            raise LinkLost(f"Asterisk refused the log-in of {address.user}: {why}.")
        yield link
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await writer.wait_closed()


async def _open(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = f"{address.host}:{address.port}"
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.open_connection(address.host, address.port, ssl=_context(address))
    except TimeoutError:
        raise LinkLost(f"Nothing answers at {where} within {PATIENCE:.0f} s.") from None
    except ssl.SSLError as error:
        raise LinkLost(f"TLS with {where} failed: {error.reason or error}.") from error
    except OSError as error:
        raise LinkLost(f"No connection to {where}: {error.strerror or error}.") from error


def _context(address: Address) -> ssl.SSLContext | None:
    if not address.tls:
        return None
    context = ssl.create_default_context()
    if not address.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
