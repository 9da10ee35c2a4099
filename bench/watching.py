"""What benchmarks ask of other processes: what a process used, bytes that came."""

import asyncio
import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory(pid: int) -> int:
    """Bytes of memory that a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


class Counting(asyncio.Protocol):
    """A socket that counts bytes and parses nothing, so that the load takes little of a core."""

    def __init__(self, path: str = "/", *, compressed: bool = False) -> None:
        self.came = 0
        self.closed = False
        self._path = path
        self._offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if compressed else ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        head = (
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{self._offer}\r\n"
        )
        self.transport = transport
        transport.write(head.encode())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.came += len(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.closed = True


async def connect(port: int, path: str = "/", *, compressed: bool = False) -> Counting:
    loop = asyncio.get_running_loop()
    made = await loop.create_connection(
        lambda: Counting(path, compressed=compressed), "127.0.0.1", port
    )
    return made[1]
