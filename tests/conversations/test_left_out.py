"""A provider that fails again and again is left out, and one reply at a time finds out whether it is well again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from conversations.generation import breaker, routes
from conversations.models import Attempt, Generation, Model
from conversations.providers.base import FaultCode
from tests.conftest import ClientFor
from tests.conversations.tree import Talk

AT_ONCE = 8
PAGE = "/providers/"


def fail(code: str, *, ago: timedelta = timedelta()) -> None:
    """Five attempts in a row that ended so."""
    generation, at = Generation.objects.get(), timezone.now() - ago
    for number in range(1, breaker.FAILURES + 1):
        Attempt.objects.create(
            generation=generation,
            number=number,
            provider="scripted",
            provider_name="Scripted",
            upstream_model="deepseek-v4-flash",
            fault_code=code,
            started_at=at,
            finished_at=at,
        )


@pytest.mark.parametrize(
    ("code", "is_left_out"),
    [
        (FaultCode.UNREACHABLE, True),
        (FaultCode.REFUSED_KEY, True),
        (FaultCode.NO_CREDIT, True),
        (FaultCode.RATE_LIMITED, True),
        (FaultCode.OVERLOADED, True),
        (FaultCode.STALLED, True),
        (FaultCode.BROKEN, True),
        (FaultCode.FORBIDDEN, False),
        (FaultCode.NOT_FOUND, False),
        (FaultCode.BAD_REQUEST, False),
        (FaultCode.TOO_LONG, False),
        (FaultCode.CUT, False),
        (FaultCode.UNREADABLE, False),
        (FaultCode.EMPTY, False),
        (FaultCode.INTERNAL, False),
    ],
)
def test_what_speaks_against_a_provider_and_what_only_against_what_was_asked(
    client_for: ClientFor, admin: User, model: Model, code: FaultCode, is_left_out: bool
) -> None:
    office = client_for(admin)
    Talk(office)

    fail(code)

    assert ("Left out for now" in office.get(PAGE).text) is is_left_out


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_could_find_out_one_does(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    Talk(client_for(alice))
    fail(FaultCode.OVERLOADED, ago=breaker.PAUSE)
    (way,) = routes.ways_to(model, timezone.now())
    together = Barrier(AT_ONCE)

    def look(_: int) -> str:
        try:
            together.wait(60)
            return breaker.look([way], timezone.now()).tried
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as workers:
        tried = list(workers.map(look, range(AT_ONCE)))

    assert sorted(tried) == [""] * (AT_ONCE - 1) + ["scripted"]
