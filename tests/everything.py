"""`make test`: every test there is, and one last line that counts them.

Browser tests run by themselves, because sync Playwright owns the event loop; scripts are tested by vitest.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests import chromium

BASE_DIR = Path(__file__).resolve().parent.parent
NO_TESTS_COLLECTED = 5


@dataclass
class Count:
    """How tests ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def main() -> int:
    """Run all; 0 when none failed."""
    with tempfile.TemporaryDirectory() as reports:
        total = _pytest(["--ignore=tests/browser"], Path(reports) / "pytest.xml")
        total += _browser(Path(reports) / "browser.xml")
        total += _scripts(Path(reports) / "scripts.json")
    _say(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed or not total.passed else 0


def _browser(report: Path) -> Count:
    if chromium.found() is None:
        _say(
            "Browser tests skipped: no Chromium here. Install one (apt-get install chromium),"
            " name one with CHROMIUM, or run `playwright install chromium`."
        )
        return Count(skipped=1)
    return _pytest(["tests/browser"], report)


def _pytest(arguments: list[str], report: Path) -> Count:
    command = [sys.executable, "-m", "pytest", *arguments, f"--junit-xml={report}"]
    code = subprocess.run(command, cwd=BASE_DIR, check=False).returncode
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


def _scripts(report: Path) -> Count:
    command = [sys.executable, "-m", "chatapp.embedded.page_scripts", "test"]
    reporters = ["--reporter=default", "--reporter=json", f"--outputFile={report}"]
    subprocess.run([*command, *reporters], cwd=BASE_DIR, check=False)
    if not report.exists():
        return Count(failed=1)
    said = json.loads(report.read_text())
    return Count(
        passed=said["numPassedTests"],
        failed=said["numFailedTests"] + (0 if said["success"] or said["numFailedTests"] else 1),
        skipped=said["numPendingTests"] + said["numTodoTests"],
    )


def _say(words: str) -> None:
    sys.stdout.write(f"\n{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
