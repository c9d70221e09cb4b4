"""Which addresses are never called, whoever named them: this machine's cloud, the link, nobody's.

Administrators choose where providers are, and a server of one's own on loopback or a private network is one. But
169.254.169.254 and its like hand out the machine's credentials, and no model runs there. A name is checked again
when it is called, by the addresses it then has.
"""

import ipaddress
import re
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fd00:42::42",
        ),
    )
)
_METADATA_NAMES = ("metadata", "metadata.google.internal", "instance-data", "metadata.goog")
# Where an IPv6 address ends in the IPv4 one it stands for: NAT64, its networks of one's own, SIIT, the old form.
_ENDS_IN_IPV4 = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96"))
)
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # carriers' and overlay networks
_LOCAL_ENDINGS = (".local", ".internal", ".lan", ".localhost", ".home.arpa")
# What a browser or the C library would read as an IPv4 address in another writing.
_ODD_NUMBER = re.compile(r"^(?:[0-9]+|0x[0-9a-f]*)$")


class ForbiddenAddress(OSError):
    """A name leads only to addresses that are never called."""


def is_forbidden(host: str) -> bool:
    """True for a host that is never called, as it is written; a name may still turn out to be one."""
    host = host.lower().rstrip(".")
    address = _address_of(host)
    if address is not None:
        return _is_forbidden(address)
    return host in _METADATA_NAMES or bool(_ODD_NUMBER.match(host.rsplit(".", 1)[-1]))


def is_local(host: str) -> bool:
    """True where plain http stays within one's own walls: loopback, private numbers, names without a dot."""
    host = host.lower().rstrip(".")
    address = _address_of(host)
    if address is not None:
        address = _embedded(address) or address
        return address.is_private or (address.version == 4 and address in _SHARED)
    return "." not in host or host.endswith(_LOCAL_ENDINGS)


class GuardedResolver(AbstractResolver):
    """Names to addresses, leaving out those that are never called: what is checked is what is connected to."""

    def __init__(self) -> None:
        self._inner = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises ForbiddenAddress when nothing else is left."""
        found = await self._inner.resolve(host, port, family)
        allowed = [one for one in found if not is_forbidden(one["host"])]
        if found and not allowed:
            raise ForbiddenAddress(f"{host} leads to an address that is never called")
        return allowed

    async def close(self) -> None:
        await self._inner.close()


def _address_of(host: str) -> _Address | None:
    """Without its zone ("%eth0"), which says by which way it is reached and not who it is."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _is_forbidden(address: _Address) -> bool:
    address = _embedded(address) or address
    return (
        address in _METADATA
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.version == 4 and address.is_reserved)
    )


def _embedded(address: _Address) -> _Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    known = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if known:
        return known
    end = int(address) & 0xFFFF_FFFF
    # `::` and `::1` are addresses of their own.
    return ipaddress.IPv4Address(end) if end > 1 and any(address in net for net in _ENDS_IN_IPV4) else None
