"""Who is asking, when proxies stand in between: only those named in TRUSTED_PROXIES are believed.

Every forwarding header is taken off the request, believed or not, so that nothing behind this layer can
trust one by mistake.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from chatapp.asgi_types import Application, Receive, Scope, Send
from chatapp.environment import Network

Address = IPv4Address | IPv6Address

_FORWARDING_HEADERS = frozenset(
    {
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-real-ip",
        b"forwarded",
    }
)
_SECURE_SCHEMES = {"http": "https", "ws": "wss"}


class ClientAddress:
    """Settles `client` and `scheme` of a connection before anything else sees it."""

    def __init__(self, application: Application, trusted_proxies: Sequence[Network]) -> None:
        self.application = application
        self.trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = _settled(scope, self.trusted_proxies)
        await self.application(scope, receive, send)


def _settled(scope: Scope, trusted_proxies: Sequence[Network]) -> Scope:
    headers: list[tuple[bytes, bytes]] = list(scope["headers"])
    # Daphne would let anybody choose the root path by a header of its own.
    settled = {
        **scope,
        "root_path": "",
        "headers": [(name, value) for name, value in headers if name not in _FORWARDING_HEADERS],
    }
    peer = _address(scope["client"][0]) if scope.get("client") else None
    if peer is None or not _is_trusted(peer, trusted_proxies):
        return settled
    hops = _listed(headers, b"x-forwarded-for")
    settled["client"] = [str(_first_untrusted(peer, hops, trusted_proxies)), 0]
    scheme = scope.get("scheme") or ("ws" if scope["type"] == "websocket" else "http")
    if _listed(headers, b"x-forwarded-proto")[-1:] == ["https"]:
        scheme = _SECURE_SCHEMES.get(scheme, scheme)
    settled["scheme"] = scheme
    return settled


def _first_untrusted(peer: Address, hops: Sequence[str], trusted_proxies: Sequence[Network]) -> Address:
    """The right-most hop that is not one of our proxies: what stands left of it may be invented."""
    nearest = peer
    for hop in reversed(hops):
        address = _address(hop)
        if address is None:
            break
        nearest = address
        if not _is_trusted(address, trusted_proxies):
            break
    return nearest


def _listed(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    """All values of a header that may be a list, may be repeated, in the order they were added."""
    joined = ",".join(value.decode("latin-1") for name, value in headers if name == wanted)
    return [part.strip() for part in joined.split(",") if part.strip()]


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _is_trusted(address: Address, trusted_proxies: Sequence[Network]) -> bool:
    return any(
        isinstance(network, IPv6Network) == isinstance(address, IPv6Address) and address in network
        for network in trusted_proxies
    )
