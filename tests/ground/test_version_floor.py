"""The oldest version of each library that is safe to run, with the reason, in case a lock goes backwards."""

from importlib.metadata import version

import pytest
from packaging.version import Version

FLOORS = {
    "django": ("5.2.14", "request bodies could pass their limits under ASGI (CVE-2026-33034, CVE-2026-5766)"),
    "daphne": ("4.2.2", "no limit on the size of a WebSocket message (CVE-2026-44545)"),
    "django-allauth": ("65.14.2", "believed X-Forwarded-For from anybody"),
    "redis": ("8.1", "what our socket timeouts are written for"),
    "channels-redis": ("4.3", "its pub/sub layer with redis-py 8"),
}


@pytest.mark.parametrize("name", FLOORS)
def test_nothing_older_than_its_last_hole_is_installed(name: str) -> None:
    floor, reason = FLOORS[name]

    assert Version(version(name)) >= Version(floor), reason
