"""`python tests/interop/run.py`, from anywhere: what `make interop` does. See `__main__.py`."""

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    sys.exit(subprocess.call([sys.executable, "-m", "tests.interop", *sys.argv[1:]], cwd=root))
