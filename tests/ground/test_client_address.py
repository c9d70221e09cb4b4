from ipaddress import ip_network

import pytest

from chatapp.client_address import ClientAddress
from tests.ground.asgi import Witness, ask

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


async def seen_behind(
    *headers: tuple[bytes, bytes], client: str = "10.0.0.1", kind: str = "http"
) -> tuple[str, str]:
    witness = Witness()
    await ask(ClientAddress(witness, PROXIES), headers=list(headers), client=client, kind=kind)
    assert witness.scope is not None
    return witness.scope["client"][0], witness.scope.get("scheme", "")


async def test_a_stranger_cannot_say_who_they_are() -> None:
    spoofed = [(b"x-forwarded-for", b"1.2.3.4"), (b"x-forwarded-proto", b"https")]

    assert await seen_behind(*spoofed, client="203.0.113.9") == ("203.0.113.9", "")


async def test_a_trusted_proxy_is_believed() -> None:
    forwarded = [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")]

    assert await seen_behind(*forwarded) == ("203.0.113.9", "https")
    assert await seen_behind(*forwarded, kind="websocket") == ("203.0.113.9", "wss")


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        (b"1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the client wrote the first one
        (b"1.2.3.4, 203.0.113.9, 10.0.0.7", "203.0.113.9"),  # two proxies of ours
        (b"10.0.0.8, 10.0.0.7", "10.0.0.8"),  # nobody but us
        (b"203.0.113.9, what", "10.0.0.1"),  # not an address: nothing left of it counts
        (b"2001:db8::5", "2001:db8::5"),
        (b"::ffff:10.0.0.9", "10.0.0.9"),
        (b"", "10.0.0.1"),
    ],
)
async def test_the_right_most_hop_that_is_not_ours_is_the_client(hops: bytes, client: str) -> None:
    assert (await seen_behind((b"x-forwarded-for", hops)))[0] == client


async def test_a_repeated_header_is_one_list() -> None:
    repeated = [(b"x-forwarded-for", b"1.2.3.4"), (b"x-forwarded-for", b"203.0.113.9")]

    assert (await seen_behind(*repeated))[0] == "203.0.113.9"


async def test_no_forwarding_header_goes_further_in() -> None:
    witness = Witness()
    given = [
        (b"host", b"chat.example.org"),
        (b"x-forwarded-for", b"1.2.3.4"),
        (b"x-forwarded-host", b"evil.test"),
        (b"x-real-ip", b"1.2.3.4"),
        (b"forwarded", b"for=1.2.3.4"),
    ]

    await ask(ClientAddress(witness, PROXIES), headers=given, client="10.0.0.1")

    assert witness.scope is not None
    assert witness.scope["headers"] == [(b"host", b"chat.example.org")]
    assert witness.scope["root_path"] == ""
