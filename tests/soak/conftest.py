"""The rig of tests/faults with the times of production: what takes thirty seconds there takes thirty here."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import conftest as faults
from tests.faults.rig import Rig
from tests.house.conftest import say as say

rig = faults.rig
case = faults.case

# The defaults of chatapp.environment.
PRODUCTION = {
    "HEARTBEAT_SECONDS": "5",
    "LEASE_SECONDS": "30",
    "SNAPSHOT_SECONDS": "1",
    "GRACE_SECONDS": "20",
    "FIRST_DATA_SECONDS": "120",
    "NEXT_DATA_SECONDS": "60",
}


@pytest.fixture(scope="session")
def _rig() -> Iterator[Rig]:
    rig = Rig(Path(os.environ["DATA_DIR"]) / "soak", timings=PRODUCTION)
    try:
        rig.start()
        yield rig
    finally:
        rig.end()
