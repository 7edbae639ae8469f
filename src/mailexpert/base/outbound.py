"""Hosts that accounts name (relays, links to check, webhooks): resolve, refuse what isn't public, connect to
what was checked. Connecting to the name instead would resolve it again, and the second answer may be another
(DNS rebinding)."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailexpert.base import outgoing

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """The host lies inside a private network; an account may only name public ones."""


class Unknown(Exception):
    """The host's name has no address."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Connect to `address`, greet and check certificates as `host`."""

    host: str
    address: str
    port: int


def is_public(text: str) -> bool:
    """Whether an address can be reached over the internet. An IPv4 address inside an IPv6 one counts as
    itself."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner_ipv4(address)
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast


def _inner_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Unknown(host) from problem
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def target(host: str, port: int, resolver: Resolver = resolve) -> Target:
    """Where to connect for a host that an account named. Raises Refused when any of its addresses is not
    public, Unknown when it has none. Blocks while it resolves."""
    addresses = resolver(host.rstrip("."), port)
    if not addresses:
        raise Unknown(host)
    if not all(map(is_public, addresses)):
        raise Refused(host)
    outgoing.admit(addresses[0])
    return Target(host=host, address=addresses[0], port=port)
