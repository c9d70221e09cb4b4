import pytest
from django.conf import settings

from chatapp.asgi_types import Message
from chatapp.body_limit import LARGEST_ANONYMOUS_BODY_BYTES, BodyLimit
from tests.ground.asgi import Witness, ask

SESSION = (b"cookie", f"a=b; {settings.SESSION_COOKIE_NAME}=anything".encode())


def body(size: int, *, chunk: int = 64 * 1024) -> list[Message]:
    parts = [b"x" * min(chunk, size - start) for start in range(0, size, chunk)]
    return [
        {"type": "http.request", "body": part, "more_body": index < len(parts) - 1}
        for index, part in enumerate(parts)
    ]


@pytest.mark.parametrize(
    ("headers", "limit"), [([], LARGEST_ANONYMOUS_BODY_BYTES), ([SESSION], settings.LARGEST_BODY_BYTES)]
)
async def test_a_body_of_just_the_limit_arrives_and_one_byte_more_does_not(
    headers: list[tuple[bytes, bytes]], limit: int
) -> None:
    witness = Witness()
    assert await ask(BodyLimit(witness), headers=headers, incoming=body(limit)) == []
    assert len(witness.body) == limit

    sent = await ask(BodyLimit(Witness()), headers=headers, incoming=body(limit + 1))

    assert sent[0]["status"] == 413


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read() -> None:
    witness = Witness()

    sent = await ask(BodyLimit(witness), headers=[(b"content-length", b"2000000000")], incoming=[])

    assert sent[0]["status"] == 413
    assert witness.scope is None


async def test_our_scripts_are_refused_in_json() -> None:
    headers = [(b"content-length", b"2000000000"), (b"accept", b"application/json")]

    sent = await ask(BodyLimit(Witness()), headers=headers)

    assert b'"code":"too_large"' in sent[1]["body"]
