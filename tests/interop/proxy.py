"""The LiteLLM proxy, in an environment of its own: a model server this project did not write.

It streams a mock response and needs no model and no network once installed.
"""

import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".data" / "interop"
# A range: its newest releases pin what was published the same week, which not every index has yet.
REQUIREMENT = "litellm[proxy]>=1.100,<1.110"
MODEL = "deepseek-v4-flash"
KEY = "sk-parley-interop-0123456789abcdef0123456789"  # it refuses to start with fewer than 35 characters
ANSWER = "Hello from a server of somebody else's: Grüße, 你好, `code` and $x^2$."
_MARK = PLACE / "installed"
_START_SECONDS = 120


@dataclass(frozen=True)
class Proxy:
    """A proxy that answers."""

    base_url: str
    key: str = KEY
    model: str = MODEL
    answer: str = ANSWER


def is_installed() -> bool:
    """True when its environment stands, whole."""
    return _MARK.exists() and _MARK.read_text() == REQUIREMENT


def install() -> str:
    """Make the environment, unless it stands. Gives the version of what is in it."""
    if not is_installed():
        PLACE.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", PLACE / "venv"], check=True)
        python = PLACE / "venv" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", REQUIREMENT], check=True)
        _MARK.write_text(REQUIREMENT)  # last: an install that broke off begins anew
    (site,) = (PLACE / "venv" / "lib").glob("python*/site-packages")
    (release,) = importlib.metadata.distributions(name="litellm", path=[str(site)])
    return release.version


@contextmanager
def running() -> Iterator[Proxy]:
    """Start it on a free port of loopback, stop it at the end. Its output is in .data/interop/proxy.log."""
    port = free_port()
    config = PLACE / "config.yaml"
    config.write_text(json.dumps(_config()))  # JSON is YAML
    command = [str(PLACE / "venv" / "bin" / "litellm"), "--config", str(config), "--host", "127.0.0.1"]
    environment = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    environment["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches its prices from elsewhere
    with (PLACE / "proxy.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], env=environment, cwd=PLACE, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/health/liveliness", process)
            yield Proxy(f"http://127.0.0.1:{port}/v1")
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _is_ours(name: str) -> bool:
    """Our database, Redis and keys are none of its business, and it would use them."""
    return name.endswith(("_API_KEY", "_BASE_URL")) or name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")


def _config() -> dict[str, object]:
    model = {"model": "openai/fake", "api_key": "none", "mock_response": ANSWER}
    return {
        "model_list": [{"model_name": MODEL, "litellm_params": model}],
        "general_settings": {"master_key": KEY},
        "litellm_settings": {"telemetry": False},
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise SystemExit(f"The proxy did not start; see {PLACE / 'proxy.log'}.")
