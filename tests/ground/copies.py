"""A whole Parley as `make run` starts it, with embedded servers of its own."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

import httpx
import psutil

from chatapp.embedded import places
from tests.house.processes import BASE_DIR, PATIENCE_SECONDS, free_port, wait_until

# Of a machine with five times as much to do.
START_SECONDS = 300
STOP_SECONDS = 120
ORDINARY_USER = "nobody"

_WITH_OUR_PACKAGES = {"PYTHONPATH": sysconfig.get_path("purelib")}
NOT_FOR_COPIES = ("DATABASE_URL", "REDIS_URL", "PUBLIC_ORIGINS", "DEMO_BASE_URL")


def python_of_everybody() -> Path | None:
    """As root: an interpreter that an ordinary user can run us with. Ours may stand in root's own directory."""
    if os.geteuid() != 0:
        return None
    same_version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, shutil.which(same_version, path="/usr/bin:/usr/local/bin")):
        if found and _can_run(Path(found)):
            return Path(found)
    return None


def _can_run(python: Path) -> bool:
    try:
        asked = subprocess.run(
            [python, "-c", "import django, redis, chatapp"],
            user=ORDINARY_USER,
            extra_groups=(),
            env=_WITH_OUR_PACKAGES,
            cwd=BASE_DIR,
            check=False,
            capture_output=True,
        )
    except PermissionError:
        return False
    return asked.returncode == 0


class Copy:
    """One copy in a fresh DATA_DIR, run as this or that user."""

    def __init__(self, *, user: str | None = None, python: Path | None = None) -> None:
        self.user = user
        self.python = python
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Not pytest's own directory, which no other user can enter.
        self.place = Path(tempfile.mkdtemp(prefix="parley-copy-"))
        self.place.chmod(0o711)
        self.data_dir = self.place / "data"
        self.log = self.place / "log"
        if user is not None:
            shutil.chown(self.place, user)
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: set[psutil.Process] = set()

    def start(self) -> None:
        """Begin to start; see `wait_until_up`."""
        self.log.unlink(missing_ok=True)
        with self.log.open("wb") as log:
            self.process = self._launch(log)

    def refused(self) -> str:
        """What it says when it cannot start."""
        with tempfile.TemporaryFile() as output:
            assert self._launch(output).wait(START_SECONDS) == 1
            output.seek(0)
            return output.read().decode()

    def wait_until_up(self) -> None:
        """Until it says so; what it said instead, when it gives up."""
        wait_until(self._is_up, seconds=START_SECONDS, what="the copy to be up")
        self.seen |= set(self.family())

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.words()
        return "Ctrl-C stops it" in self.words()

    def words(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    @property
    def first_link(self) -> str:
        """The one-time link as printed."""
        found = re.search(r"^  (http://\S+/welcome/\S+/)$", self.words(), re.MULTILINE)
        assert found is not None, self.words()
        return found[1]

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def family(self) -> list[psutil.Process]:
        """Every process it started that runs now."""
        return psutil.Process(self.pid).children(recursive=True)

    def part(self, words: str) -> psutil.Process | None:
        """The one of its processes with these words in its command line, if it runs."""
        for process in psutil.Process(self.pid).children():
            with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
                if words in " ".join(process.cmdline()):
                    return process
        return None

    def is_ready(self) -> bool:
        return httpx.get(f"{self.url}/readyz", timeout=PATIENCE_SECONDS).status_code == 200

    def send(self, number: signal.Signals) -> None:
        self.seen |= set(self.family())
        os.kill(self.pid, number)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Signal it; its exit code once it is gone."""
        assert self.process is not None
        if self.process.poll() is None:
            self.send(number)
        return self.process.wait(STOP_SECONDS)

    def left_running(self) -> list[str]:
        """Processes of its that outlive it."""
        _, alive = psutil.wait_procs(self.seen, timeout=PATIENCE_SECONDS)
        return [" ".join(process.cmdline()) for process in alive]

    def left_behind(self) -> list[str]:
        """What outlives a gentle end: processes, or the directory of the servers' sockets."""
        sockets = (places.socket_dir(self.data_dir), self.data_dir / "run")
        return [*self.left_running(), *(str(place) for place in sockets if place.exists())]

    def remove(self) -> None:
        """End it, whatever state it is in, and take its files away."""
        if self.process is not None:
            self.end()
            for process in psutil.wait_procs(self.seen, timeout=PATIENCE_SECONDS)[1]:
                process.kill()
        shutil.rmtree(self.place)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What somebody types beside it: `manage.py …` with its DATA_DIR."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self._environment(),
            check=False,
            capture_output=True,
            text=True,
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_COPIES}
        return kept | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "GRACE_SECONDS": "2"}

    def _launch(self, output: IO[bytes]) -> subprocess.Popen[bytes]:
        group = pwd.getpwnam(self.user).pw_gid if self.user else None
        return subprocess.Popen(
            [self.python or sys.executable, "manage.py", "run"],
            cwd=BASE_DIR,
            env=self._environment() | (_WITH_OUR_PACKAGES if self.python else {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=self.user,
            group=group,
            extra_groups=() if self.user else None,
        )
