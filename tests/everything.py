"""`make test`, `make test-browser`, `make test-faults` and all of them, and one last line that counts.

    python -m tests.everything [PART …]

In parts, of which two run at a time where there are cores and servers for it: each part starts a Postgres and a
Valkey of its own. Parts that run web and worker with short leases have the machine first; the others, which can wait,
are nice to them. Browser tests are a part by themselves because sync Playwright owns the event loop; scripts are tested
by vitest.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests import chromium

BASE_DIR = Path(__file__).resolve().parent.parent
NO_TESTS_COLLECTED = 5
NAMES = ("rules", "house", "browser", "faults", "scripts")
# Too long for every change: up to forty minutes of a browser, and nine of one outage after another, on two slow cores.
LONG = ("browser", "faults")
# With fewer, two parts at a time take as long as one after the other, and wait for each other's processes.
CORES_FOR_TWO = 4
# What starts web and worker as processes of their own.
PROCESSES = ["tests/house", "tests/faults"]
# Of the outages, every change stands the short random run over all parts.
RANDOM_RUN = "tests/faults/test_random_run.py"
# Before a part that can wait for others.
PATIENTLY = ["nice", "-n", "10"]
# vitest's own, of five seconds with a test, is short where everything else runs at the same time.
SCRIPT_PATIENCE_MS = 120_000


@dataclass
class Count:
    """How tests ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclass
class Part:
    """Some of the tests: runs them, all it says going to `log`."""

    name: str
    run: Callable[[Path], Count]
    log: Path

    def timed(self) -> tuple["Part", Count, float]:
        begun = time.monotonic()
        return self, self.run(self.log), time.monotonic() - begun


def main(wanted: Sequence[str]) -> int:
    """Run these parts, or all but the long ones; 0 when none failed."""
    if unknown := set(wanted) - set(NAMES):
        _say(f"No such part: {', '.join(sorted(unknown))}. There are {', '.join(NAMES)}.")
        return 2
    total = Count()
    with tempfile.TemporaryDirectory() as reports, ThreadPoolExecutor(_parts_at_once()) as pool:
        parts = [
            Part(name, run, Path(reports) / f"{name}.log")
            for name, run in {
                "house": lambda log: _pytest(["tests/house", RANDOM_RUN], log),
                "browser": _browser,
                "faults": lambda log: _pytest(["tests/faults", f"--ignore={RANDOM_RUN}"], log),
                "rules": lambda log: _pytest(
                    ["--ignore=tests/browser", *(f"--ignore={one}" for one in PROCESSES)], log, PATIENTLY
                ),
                "scripts": _scripts,
            }.items()
            if (name in wanted if wanted else name not in LONG)
        ]
        _say(f"Running {', '.join(part.name for part in parts)}; each is shown when it has ended.")
        for ended in as_completed([pool.submit(part.timed) for part in parts]):
            part, count, seconds = ended.result()
            _say(f"--- {part.name} ---\n{part.log.read_text(errors='replace').strip()}")
            _say(f"{part.name}: {_words(count)} in {seconds:.0f} s")
            total += count
    _say(_words(total))
    return 1 if total.failed or not total.passed else 0


def _parts_at_once() -> int:
    """Servers that are given are one for all: parts then take turns."""
    is_given = os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL")
    return 1 if is_given or (os.cpu_count() or 1) < CORES_FOR_TWO else 2


def _browser(log: Path) -> Count:
    if chromium.found() is None:
        log.write_text(
            "Browser tests skipped: no Chromium here. Install one (apt-get install chromium),"
            " name one with CHROMIUM, or run `playwright install chromium`."
        )
        return Count(skipped=1)
    return _pytest(["tests/browser"], log, PATIENTLY)


def _pytest(arguments: list[str], log: Path, manner: Sequence[str] = ()) -> Count:
    report = log.with_suffix(".xml")
    command = [*manner, sys.executable, "-m", "pytest", *arguments, f"--junit-xml={report}"]
    code = _logged(command, log)
    if not report.exists():
        return Count(failed=1)
    counts = [
        Count(
            passed=int(suite.get("tests", 0))
            - sum(int(suite.get(kind, 0)) for kind in ("failures", "errors", "skipped")),
            failed=int(suite.get("failures", 0)) + int(suite.get("errors", 0)),
            skipped=int(suite.get("skipped", 0)),
        )
        for suite in ElementTree.parse(report).iter("testsuite")  # noqa: S314 -- pytest has just written it
    ]
    total = sum(counts, Count())
    # Interrupted, or broken outside any test: no test failed and yet it did not pass.
    if code not in (0, NO_TESTS_COLLECTED) and not total.failed:
        total.failed = 1
    return total


def _scripts(log: Path) -> Count:
    report = log.with_suffix(".json")
    command = [*PATIENTLY, sys.executable, "-m", "chatapp.embedded.page_scripts", "test"]
    patience = [f"--{of}Timeout={SCRIPT_PATIENCE_MS}" for of in ("test", "hook")]
    _logged([*command, *patience, "--reporter=default", "--reporter=json", f"--outputFile={report}"], log)
    if not report.exists():
        return Count(failed=1)
    said = json.loads(report.read_text())
    return Count(
        passed=said["numPassedTests"],
        failed=said["numFailedTests"] + (0 if said["success"] or said["numFailedTests"] else 1),
        skipped=said["numPendingTests"] + said["numTodoTests"],
    )


def _logged(command: list[str], log: Path) -> int:
    with log.open("wb") as words:
        return subprocess.run(command, cwd=BASE_DIR, check=False, stdout=words, stderr=words).returncode


def _words(count: Count) -> str:
    return f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped"


def _say(words: str) -> None:
    sys.stdout.write(f"\n{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
