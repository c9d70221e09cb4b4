"""Faults at random over all parts while twenty people go on talking, from a seed: RANDOM_RUN_SEED repeats a run."""

import os
import secrets

import pytest

from tests.faults import random_run
from tests.faults.conftest import TIMINGS
from tests.faults.random_run import Length
from tests.faults.rig import Rig
from tests.house.conftest import Say, say  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


def test_whatever_breaks_at_random_no_promise_is_broken(rig: Rig, say: Say) -> None:  # noqa: F811
    seed = int(os.environ.get("RANDOM_RUN_SEED") or secrets.randbelow(10**9))

    outcome = random_run.run(
        rig, seed, Length(storm=25, every=0.8, longest=3, quiet=2, lease=float(TIMINGS["LEASE_SECONDS"]))
    )

    say(str(outcome))
    assert not outcome.breaches, f"RANDOM_RUN_SEED={seed}\n" + "\n".join(outcome.breaches[:20])
