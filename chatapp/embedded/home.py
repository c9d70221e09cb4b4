"""A place both servers can use: directories they own, programs they may execute. Never changes a parent."""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from chatapp.embedded import EmbeddedFault, identity, places
from chatapp.embedded.identity import Identity

_POINTER = "postgres.at"  # in DATA_DIR: where the cluster is, when it is not in there


@dataclass(frozen=True)
class Home:
    """Where the servers of one DATA_DIR run, and as whom."""

    identity: Identity | None  # None: as ourselves
    sockets: Path
    cluster: Path
    logs: Path


def prepared(data_dir: Path) -> Home:
    """The home of this DATA_DIR's servers, its directories made and owned by who runs them."""
    who = identity.of_servers()
    home = Home(
        identity=who,
        sockets=places.socket_dir(data_dir),
        cluster=_cluster(data_dir, who),
        logs=data_dir / "logs",
    )
    _make_private(home.sockets, who)
    return home


def opened_log(log: Path, *, anew: bool) -> IO[bytes]:
    """A file for a child's output, and its directory, that only we can read: it is opened here, not by the child."""
    log.parent.mkdir(mode=0o700, exist_ok=True)
    log.parent.chmod(0o700)
    start = os.O_TRUNC if anew else os.O_APPEND
    output = os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | start, 0o600), "wb")
    log.chmod(0o600)  # those that were there before
    return output


def leave(home: Home) -> None:
    """Take the sockets' directory away once the servers are down; not while anything is left in it."""
    try:
        home.sockets.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise


def executable(
    who: Identity | None, program: Path, *, package: Path, trees: Sequence[Path], mark: str
) -> Path:
    """The program, or its copy in the system's directory when that user cannot execute it where it is.

    `trees` are what it needs of what stands in `package` and beside it; `mark` names their version.
    """
    if who is None or identity.can_execute(who, program):
        return program
    copy = places.SYSTEM_DIR / "programs" / mark
    if not copy.exists():
        _copy_readable(package.parent, [tree for tree in trees if tree.exists()], copy)
    return copy / program.relative_to(package.parent)


def _cluster(data_dir: Path, who: Identity | None) -> Path:
    """Where the database files are: once chosen, always the same, so that data is never silently left behind."""
    inside = data_dir / "postgres"
    pointer = data_dir / _POINTER
    if inside.exists():
        if who and not identity.can_execute(who, data_dir):
            raise EmbeddedFault(
                f"The database in {inside} can no longer be reached by the user {who.name} it runs as:"
                f" let that user enter {data_dir} and the directories above it."
            )
        return inside
    if pointer.exists():
        return Path(pointer.read_text().strip())
    if who is None or identity.can_execute(who, data_dir):
        return inside
    outside = places.SYSTEM_DIR / secrets.token_hex(6) / "postgres"
    outside.parent.mkdir(parents=True)
    os.chown(outside.parent, who.uid, who.gid)
    pointer.write_text(f"{outside}\n")
    return outside


def _make_private(directory: Path, who: Identity | None) -> None:
    """A directory only its owner can enter; refuses one that somebody else prepared for us."""
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    owner = os.geteuid() if who is None else who.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
        raise EmbeddedFault(f"{directory} belongs to somebody else. Remove it, or choose another DATA_DIR.")
    directory.chmod(0o700)
    if who is not None:
        os.chown(directory, who.uid, who.gid)


def _copy_readable(root: Path, trees: Sequence[Path], copy: Path) -> None:
    """Copy programs and what they load, keeping their places, so that every user can run them; whole or not."""
    draft = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
    for tree in trees:
        there = draft / tree.relative_to(root)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(tree, there, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another copy of us was first
        shutil.rmtree(draft, ignore_errors=True)
