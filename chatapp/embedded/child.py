"""Processes that never outlive us: own session, and on Linux a signal from the kernel when we die."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from chatapp.embedded.identity import Identity

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec only async-safe calls may be made.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Process = subprocess.Popen[bytes]


def spawn(
    command: Sequence[str | Path],
    *,
    if_we_die: signal.Signals = signal.SIGKILL,
    identity: Identity | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[bytes] | None = None,
) -> Process:
    """Start a process in a session of its own, so that Ctrl-C reaches us and we decide what it means.

    `if_we_die` is what the kernel sends it when our main thread, which must be the caller, is gone: there is
    nobody left then to wait for a gentle end, and the database goes at the same moment.
    """
    parent = os.getpid()

    def dies_with_us() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, if_we_die)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=dies_with_us,
        user=identity.uid if identity else None,
        group=identity.gid if identity else None,
        extra_groups=() if identity else None,
    )


def end(process: Process, *, farewell: signal.Signals = signal.SIGTERM, patience_s: float) -> None:
    """Ask a process to end, wait, and end it and all of its session when it does not."""
    if process.poll() is None:
        process.send_signal(farewell)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: Process) -> None:
    """End a process and everything in its session now."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    except PermissionError:  # macOS: nothing but zombies is left in the group
        process.kill()
    process.wait()
