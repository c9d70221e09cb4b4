"""Web, worker and a scripted provider as processes of their own, on the test's database: the house as it runs."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

BASE_DIR = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 240
# With whatever another process does, being started anew included. No test waits this long unless it fails, so it is
# that of a machine which has five times as much to do, and stands still now and then.
PATIENCE_SECONDS = 120

# Long times run short here, but none so short that a worker which stands still for some seconds loses its lease; and a
# provider may be silent for as long as a test holds it at a gate.
SHORT = {
    "HEARTBEAT_SECONDS": "0.3",
    "LEASE_SECONDS": "10",
    "SNAPSHOT_SECONDS": "0.3",
    "GRACE_SECONDS": "1",
    "FIRST_DATA_SECONDS": "600",
    "NEXT_DATA_SECONDS": "600",
    "AUTOMATIC_TITLES": "off",
}


def free_port() -> int:
    """A port nobody listens on now, and below those that systems give to whoever calls out: until its server has
    started, or started again, no connection takes it."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(condition: Callable[[], object], *, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Poll for something that another process does; says what did not happen."""
    end = time.monotonic() + seconds
    is_late = False
    while not is_late:
        is_late = time.monotonic() > end  # it is asked once more then: this process too may have stood still
        with contextlib.suppress(httpx.TransportError):
            if condition():
                return
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds:g} s: {what}")


class Process:
    """One part of the house. Its output is kept for when a test fails."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self._command = [sys.executable, *command]
        self._environment = dict(environment)
        self.log = log
        self._said_before = 0  # bytes of its log that an earlier start of it wrote
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=BASE_DIR, env=self._environment, stdout=log, stderr=log
            )

    def wait_until_ready(self) -> None:
        """Until a worker looks for replies, as it says itself, however often it was started before."""
        wait_until(self.is_ready, seconds=START_SECONDS, what=f"{self.log.stem} to be ready")

    def is_ready(self) -> bool:
        """True once a worker has said, since it was last started, that it looks for replies."""
        return b"worker ready" in self.log.read_bytes()[self._said_before :]

    def kill(self) -> None:
        """kill -9, and gone."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait(PATIENCE_SECONDS)

    def end(self) -> int:
        """SIGTERM, and its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


class House:
    """The four parts; Postgres and Valkey are the session's."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        port_file = logs / "provider.port"
        self.environment = {
            **environment,
            **SHORT,
            "PORT": str(self.port),
            "PUBLIC_ORIGINS": self.url,
            "DJANGO_SETTINGS_MODULE": "chatapp.settings",
        }
        self.provider = Process(
            "-m", "conversations.providers.demo",
            "--scripted", "--host", "127.0.0.1", "--port", "0", "--port-file", str(port_file),
            environment=self.environment, log=logs / "provider.log",
        )  # fmt: skip
        self.worker = Process("manage.py", "worker", environment=self.environment, log=logs / "worker.log")
        self.web = Process("manage.py", "serve", environment=self.environment, log=logs / "web.log")
        self._port_file = port_file
        self.provider_url = ""

    def start(self) -> None:
        """Start all and wait until the web process is ready."""
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            cwd=BASE_DIR, env=self.environment, check=True,
        )  # fmt: skip
        self.stand()
        self.provider_url = f"http://127.0.0.1:{self._port_file.read_text().strip()}"

    def stand(self) -> None:
        """Start whatever does not run, and wait until all of it is ready: a test may have left a part on its way up."""
        for part in (self.provider, self.worker, self.web):
            if part.is_alive:
                os.kill(part.pid, signal.SIGCONT)
            else:
                part.start()
        wait_until(self._is_ready, seconds=START_SECONDS, what="the house to be ready")

    def end(self) -> None:
        """End all, the last started first; one that will not end is killed, and then that is a failure."""
        with contextlib.ExitStack() as all_of_them:
            for part in (self.provider, self.worker, self.web):
                all_of_them.callback(part.end)

    def _is_ready(self) -> bool:
        return (
            self._port_file.exists()
            and self._port_file.read_text().strip() != ""
            and httpx.get(f"{self.url}/readyz", timeout=PATIENCE_SECONDS).status_code == 200
            and self.worker.is_ready()
        )
