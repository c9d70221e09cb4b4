"""Named places at which a test may make a process die, fail or wait. In production they are one `if` each.

With FAULT_POINTS_DIR set, a file there named after a point says what is to happen when it is next passed: `kill`
(as by SIGKILL), `raise` (an error nobody foresaw), `lose` (as when Postgres goes away) or `pause` (until a file
`<point>.go` appears). It happens once, in whichever process comes first; `<point>.reached` then says that it did.
"""

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import OperationalError

Point = Literal[
    "after_message",  # a message is written, its reply not yet; nothing is committed
    "after_hold",  # the turn is whole, its money held; nothing is committed
    "after_send",  # the turn is committed; nobody knows of it
    "after_claim",  # a worker has taken a generation and not begun it
    "call_written",  # the attempt is written down, and the answer to that may be lost
    "before_connect",  # the attempt is written down; the provider is not asked yet
    "first_token",  # received, told to nobody
    "flush",  # text is about to be saved
    "tool_asked",  # the model asked for tools; none was run
    "tool_running",  # one of them is being run, in its thread
    "tool_done",  # they were run; their call is not paid for
    "hop_held",  # the call that asked is paid for, the next one held for; nothing is committed
    "hop_committed",  # the same is committed; nobody is called yet
    "usage_seen",  # the provider has counted; its end is not here yet
    "before_settle",  # the end is being written, the money not yet
    "after_settle",  # all of the end is written; nothing is committed
    "after_commit",  # the end is committed; no page knows of it
    "commit_lost",  # the end is committed, and the answer to that may be lost
    "before_announce",  # hints are out; the event log is not closed
]

_DIRECTORY = Path(settings.FAULT_POINTS_DIR) if settings.FAULT_POINTS_DIR else None
_LOOK_SECONDS = 0.01


class Injected(Exception):
    """The error nobody foresaw."""


def reach(point: Point) -> None:
    """Pass a point in a thread; a pause holds the thread."""
    if _DIRECTORY is not None and _happens(_DIRECTORY, point):
        while not (_DIRECTORY / f"{point}.go").exists():
            time.sleep(_LOOK_SECONDS)


async def reached(point: Point) -> None:
    """Pass a point in the event loop; a pause holds only the task."""
    if _DIRECTORY is not None and _happens(_DIRECTORY, point):
        while not (_DIRECTORY / f"{point}.go").exists():  # noqa: ASYNC110 -- never in production
            await asyncio.sleep(_LOOK_SECONDS)


def _happens(directory: Path, point: Point) -> bool:
    """Take what is asked for here, if anything is, and do it; True when it is to wait."""
    taken = directory / f"{point}.reached"
    try:
        (directory / point).rename(taken)  # of two that come at once, one has it
    except FileNotFoundError:
        return False
    what = taken.read_text().strip()
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "raise":
        raise Injected(point)
    elif what == "lose":
        raise OperationalError(f"injected at {point}")
    return what == "pause"
