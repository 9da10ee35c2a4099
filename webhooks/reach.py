"""Where messages may go: out of the network, and inside it where whoever runs the server says so.

Else an admin of the floor could have the server ask what only the server can reach.
"""

import asyncio
import socket
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")


class Inside(Exception):
    """The host is inside the network."""

    def __init__(self, host: str, address: Address) -> None:
        super().__init__(
            f"{host} is {address}, inside the network. Allow it by WEBHOOK_NETWORKS."[:200]
        )


def networks() -> list[IPv4Network | IPv6Network]:
    """What WEBHOOK_NETWORKS allows. Raises `ValueError`."""
    return [ip_network(text.strip()) for text in settings.WEBHOOK_NETWORKS if text.strip()]


def is_inside(host: str) -> bool:
    """Whether `host` is written as an address that nothing may be posted to. A name may or may
    not be one: that shows when it is connected to."""
    try:
        return not _allowed(ip_address(host.strip("[]")))
    except ValueError:
        return False


async def outside(host: str) -> list[str]:
    """The addresses of `host` that may be posted to, in the order to try them. Raises `Inside`
    where it has others only, and `OSError` where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    allowed = [str(address) for address in addresses if _allowed(address)]
    if not allowed:
        raise Inside(host, addresses[0])
    return allowed


def _allowed(address: Address) -> bool:
    real = _embedded(address) or address
    if any(real in network for network in networks()):
        return True
    return real.is_global and not real.is_multicast


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
