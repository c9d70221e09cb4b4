"""`make soak`: what takes too long for every day. About an hour, most of it waiting.

SOAK_SEED repeats a random run, SOAK_SECONDS says how long it is (600), SOAK_ONLY names one part.
"""

import os
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PARTS: dict[str, tuple[str, dict[str, str]]] = {
    "long times": ("tests/soak/long_times.py", {}),
    "random run": ("tests/soak/random_run.py", {}),
    "2,000 resets": ("tests/house/test_departures.py", {"RESET_CYCLES": "2000"}),
    "2,000 replies against invoices": ("tests/house/test_invoice.py", {"INVOICE_REPLIES": "2000"}),
    "400 lives of a ledger": ("tests/accounts/test_ledger_stateful.py", {"LEDGER_EXAMPLES": "400"}),
    "500 reloads in a browser": ("tests/browser/test_reloads.py", {"BROWSER_RELOADS": "500"}),
}


def main() -> int:
    """All parts, also after one that failed; 0 when none did."""
    only = os.environ.get("SOAK_ONLY", "")
    failed = []
    for name, (path, more) in PARTS.items():
        if only and only not in name:
            continue
        sys.stdout.write(f"\n=== {name}\n")
        sys.stdout.flush()
        command = [sys.executable, "-m", "pytest", path, "-q"]
        if subprocess.run(command, cwd=BASE_DIR, env=os.environ | more, check=False).returncode:
            failed.append(name)
    sys.stdout.write(f"\nsoak: {'failed: ' + ', '.join(failed) if failed else 'nothing was lost'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
