"""Who the servers run as when we are root: Postgres refuses root, and Valkey needs none of its powers."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "parley"
_LAST_RESORT = "nobody"


@dataclass(frozen=True)
class Identity:
    """An unprivileged user of this machine."""

    name: str
    uid: int
    gid: int


def of_servers() -> Identity | None:
    """The user the servers run as; None when that is simply us. Makes the user `parley` where it can."""
    if os.geteuid() != 0:
        return None
    if (found := _named(NAME)) is None and (
        useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    ):
        nowhere = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        # A copy of us starting at the same moment may win: then the user is simply there.
        subprocess.run(
            [useradd, *nowhere, "--shell", "/usr/sbin/nologin", NAME], check=False, capture_output=True
        )
        found = _named(NAME)
    found = found or _named(_LAST_RESORT)
    if found is None:
        raise LookupError(f"this machine has neither a user {NAME!r} nor {_LAST_RESORT!r}")
    return found


def can_execute(identity: Identity, path: Path) -> bool:
    """Whether that user, by its own rights alone, reaches the path and may execute (or enter) it."""
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', path],
        user=identity.uid,
        group=identity.gid,
        extra_groups=(),
        cwd="/",
        check=False,
    )
    return asked.returncode == 0


def _named(name: str) -> Identity | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Identity(name, entry.pw_uid, entry.pw_gid)
