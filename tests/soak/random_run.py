"""The random run of tests/faults, for SOAK_SECONDS, from SOAK_SEED, with the leases of production."""

import os
import secrets

import pytest

from tests.faults import random_run
from tests.faults.random_run import Length
from tests.faults.rig import Rig
from tests.house.conftest import Say

SECONDS = float(os.environ.get("SOAK_SECONDS") or 600)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(SECONDS + 600)]


def test_after_minutes_of_faults_at_random_no_promise_is_broken(rig: Rig, say: Say) -> None:
    seed = int(os.environ.get("SOAK_SEED") or secrets.randbelow(10**9))
    say(f"SOAK_SEED={seed} SOAK_SECONDS={SECONDS:g}")

    outcome = random_run.run(rig, seed, Length(storm=SECONDS, every=2, longest=12, quiet=60, lease=30))

    say(str(outcome))
    assert not outcome.breaches, f"SOAK_SEED={seed}\n" + "\n".join(outcome.breaches[:50])
