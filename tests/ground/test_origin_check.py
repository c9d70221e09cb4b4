import pytest

from chatapp.origin_check import OriginCheck
from tests.ground.asgi import Witness, ask

OURS = ["https://chat.example.org", "http://localhost:8000"]


async def is_let_in(*origins: bytes) -> bool:
    witness = Witness()
    sent = await ask(
        OriginCheck(witness, OURS),
        kind="websocket",
        headers=[(b"origin", origin) for origin in origins],
        incoming=[{"type": "websocket.connect"}],
    )
    assert (witness.scope is None) == bool(sent)
    return not sent


@pytest.mark.parametrize("origin", [b"https://chat.example.org", b"http://localhost:8000"])
async def test_our_own_pages_may_open_a_socket(origin: bytes) -> None:
    assert await is_let_in(origin)


@pytest.mark.parametrize(
    "origin",
    [
        b"https://evil.test",
        b"http://chat.example.org",
        b"https://chat.example.org:8443",
        b"https://chat.example.org:443",
        b"https://sub.chat.example.org",
        b"https://chat.example.org.evil.test",
        b"https://chat.example.org.",
        b"https://user@chat.example.org",
        b"https://CHAT.example.org",
        b"https://chat.example.org/",
        b"http://localhost:9999",
        b"http://localhost",
        b"https://chat.example.org,https://evil.test",
        b"null",
        b"",
    ],
)
async def test_any_other_origin_is_refused(origin: bytes) -> None:
    assert not await is_let_in(origin)


async def test_no_origin_or_two_of_them_are_refused() -> None:
    assert not await is_let_in()
    assert not await is_let_in(OURS[0].encode(), OURS[0].encode())
