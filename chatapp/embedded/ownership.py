"""Whose DATA_DIR this is, and which process may run servers in it."""

import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatapp.embedded import EmbeddedFault


class InUse(EmbeddedFault):
    """Another process runs from this DATA_DIR."""


def claim(data_dir: Path) -> None:
    """Make sure DATA_DIR exists and is ours to write to; EmbeddedFault says what is wrong with it."""
    try:
        # Root's servers run as another user, who must be able to pass through but need not look around.
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedFault(
            f"DATA_DIR={data_dir} cannot be made ({error.strerror}). Choose another with DATA_DIR."
        ) from error
    owner = data_dir.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedFault(
            f"DATA_DIR={data_dir} belongs to {_name_of(owner)} and you are {_name_of(os.geteuid())}."
            " Choose another with DATA_DIR, or run as its owner."
        )
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise EmbeddedFault(f"DATA_DIR={data_dir} is read-only. Choose another with DATA_DIR.")


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """This process alone runs servers in DATA_DIR. Raises InUse while another one does.

    The lock is the kernel's and dies with us, however we die.
    """
    claim(data_dir)
    with (data_dir / "running.pid").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise InUse(
                f"Parley runs from DATA_DIR={data_dir} already (process {lock.read().strip() or 'unknown'})."
                " For a second copy choose another DATA_DIR and PORT."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
        lock.truncate(0)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
