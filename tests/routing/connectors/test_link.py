"""One connection: what is wrong with it is said in words, and nothing that arrives brings it
down."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from routing.connectors.asterisk import link as links
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.link import Address, LinkLost, connect
from tests.routing.connectors.ami_server import BANNER, SECRET, USER, AmiServer, until
from tests.routing.connectors.system import System


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "PATIENCE", 0.3)
    monkeypatch.setattr(links, "SILENCE", 0.2)


def address(port: int, secret: str = SECRET, *, tls: bool = False) -> Address:
    return Address("127.0.0.1", port, USER, secret, tls=tls)


async def said_of(where: Address, then: Callable[[], None] = lambda: None) -> tuple[str, list[str]]:
    """Why the link was lost, and the events heard until then; `then` happens once it is up."""
    heard: list[Message] = []
    try:
        async with connect(where) as link:
            then()
            async for messages in link.messages():
                heard += messages
    except LinkLost as lost:
        return str(lost), [message.event for message in heard if message.event]
    raise AssertionError("It is not lost.")


async def served(answer: bytes) -> asyncio.Server:
    """Something that says `answer` and no more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        with suppress(OSError):
            await reader.read(-1)
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def test_a_wrong_secret_is_refused_in_asterisks_words() -> None:
    async with AmiServer(System()) as server:
        why, _ = await said_of(address(server.port, "wrong"))
    assert why == "Asterisk refused the log-in of rollcall: Authentication failed."


async def test_a_port_at_which_nobody_listens_is_named() -> None:
    async with AmiServer(System()) as server:
        port = server.port
    why, _ = await said_of(address(port))
    assert why.startswith(f"No connection to 127.0.0.1:{port}: ")


async def test_tls_to_a_plain_port_is_said_to_fail() -> None:
    async with AmiServer(System()) as server:
        why, _ = await said_of(address(server.port, tls=True))
        assert why.startswith(f"TLS with 127.0.0.1:{server.port} failed: ")


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\0\0\0\0", b"<html>\r\n\r\n"])
async def test_something_else_that_answers_is_recognised(answer: bytes) -> None:
    async with await served(answer) as server:
        why, _ = await said_of(address(server.sockets[0].getsockname()[1]))
    assert why == "Something else than Asterisk's Manager Interface answers there."


async def test_garbage_without_end_does_not_fill_the_memory() -> None:
    async with await served(BANNER + b"x" * (3 << 20)) as server:
        why, _ = await said_of(address(server.sockets[0].getsockname()[1]))
    assert why == "What arrives has no end; it is no Manager Interface."


async def test_a_silent_link_is_asked_and_stays_while_it_answers() -> None:
    async with AmiServer(System()) as server, connect(address(server.port)) as link:
        await until(lambda: [asked["action"] for asked in server.asked].count("Ping") > 2)
        assert await link.refuses("Ping") == ""


async def test_a_link_that_answers_nothing_is_given_up() -> None:
    async with AmiServer(System()) as server:
        why, _ = await said_of(address(server.port), lambda: setattr(server, "stalled", True))
    assert why == "Asterisk has been silent for 0 s."


async def test_an_action_without_an_answer_is_given_up() -> None:
    async with AmiServer(System()) as server, connect(address(server.port)) as link:
        server.stalled = True
        with pytest.raises(LinkLost, match="did not answer QueueStatus within"):
            await link.ask("QueueStatus")


async def test_what_is_no_message_is_counted_and_passed_over() -> None:
    async with AmiServer(System()) as server, connect(address(server.port)) as link:
        server.send(b"nonsense\r\n\r\nEvent: Hang\0up\r\n\r\n\r\n\r\nEvent: Hold\r\n\r\n")
        heard: list[str] = []
        async for messages in link.messages():
            heard += [message.event for message in messages]
            if "Hold" in heard:
                break
        assert link.inbox.unreadable.total() == 3


async def test_half_a_message_at_the_end_says_nothing() -> None:
    async with AmiServer(System()) as server:

        def cut() -> None:
            server.send(b"Event: Hold\r\n\r\nEvent: Unho")
            server.drop()

        why, heard = await said_of(address(server.port), cut)
    assert (why, heard[-1]) == ("The connection was closed.", "Hold")


async def test_a_message_that_comes_in_single_bytes_is_heard_whole() -> None:
    async with AmiServer(System()) as server, connect(address(server.port)) as link:
        for byte in b"Event: Hold\r\nChannel: SIP/\xc3\xa9-1\r\n\r\n":
            server.send(bytes([byte]))
            await asyncio.sleep(0)
        async for messages in link.messages():
            if messages[-1].event == "Hold":
                assert messages[-1].get("Channel") == "SIP/é-1"
                break


async def test_a_reason_cannot_smuggle_in_an_action() -> None:
    async with AmiServer(System()) as server, connect(address(server.port)) as link:
        await link.ask("QueuePause", Interface="x", Paused="true", Reason="a\r\n\r\nAction: b")
    assert [asked["action"] for asked in server.asked] == ["Login", "QueuePause"]
    assert server.asked[-1]["reason"] == "a Action: b"


def test_the_secret_is_in_no_repr() -> None:
    assert SECRET not in repr(address(5038))
