"""Where a request comes from, as throttles and records tell callers apart."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.http import HttpRequest

_HOUSE = 64
"""Bits of an IPv6 address that name a house; the rest its inhabitants choose as they like."""


def house(address: str) -> str | None:
    """An IPv4 address as it is, of an IPv6 one the network it is in; None where it is neither."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), _HOUSE), strict=False).network_address)


def house_of(request: HttpRequest) -> str | None:
    return house(request.META.get("REMOTE_ADDR", ""))
