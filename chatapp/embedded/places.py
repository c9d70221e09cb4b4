"""Where the embedded servers of one DATA_DIR live. Pure paths: nothing here starts or creates anything."""

import hashlib
import os
from pathlib import Path

_POSTGRES_SOCKET = ".s.PGSQL.5432"  # the name is Postgres's own
# A Unix socket's path may hold 107 bytes.
LONGEST_SOCKET_DIR = 107 - len(f"/{_POSTGRES_SOCKET}")

# What root's servers keep when their unprivileged user cannot reach DATA_DIR or the virtualenv.
SYSTEM_DIR = Path("/var/lib/parley")


def socket_dir(data_dir: Path) -> Path:
    """The directory of both servers' sockets, short enough for a socket's path and reachable by them.

    As root the database runs as an unprivileged user who may not be able to enter DATA_DIR, so it is /run.
    """
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    if os.geteuid() == 0:
        return _system_run_dir() / f"parley-{mark}"
    inside = data_dir / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIR:
        return inside
    return Path("/tmp") / f"parley-{os.geteuid()}-{mark}"  # noqa: S108 -- made 0700 and its owner checked


def database_url(data_dir: Path) -> str:
    """How Django reaches the embedded Postgres of this DATA_DIR."""
    return f"postgresql://parley@/parley?host={socket_dir(data_dir)}"


def database_socket(data_dir: Path) -> Path:
    """Postgres's own socket; where it stands but nobody listens, a run was killed."""
    return socket_dir(data_dir) / _POSTGRES_SOCKET


def redis_url(data_dir: Path) -> str:
    """How redis-py reaches the embedded Valkey of this DATA_DIR."""
    return f"unix://{valkey_socket(data_dir)}"


def valkey_socket(data_dir: Path) -> Path:
    """Valkey's own socket."""
    return socket_dir(data_dir) / "valkey.sock"


def _system_run_dir() -> Path:
    return Path("/run") if Path("/run").is_dir() else Path("/var/run")
