"""All of Parley on that proxy: `manage.py run` with OPENAI_COMPATIBLE_BASE_URL, a person, a question, its cost."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from tests.interop.proxy import PLACE, ROOT, Proxy, free_port

EMAIL, PASSWORD = "ada@example.org", "correct horse battery staple"
START_SECONDS = 120


def answer_through(server: Proxy) -> dict[str, Any]:
    """Start Parley on this server, ask it, and give the finished reply as a page sees it."""
    port = free_port()
    data_dir = PLACE / "house"
    shutil.rmtree(data_dir, ignore_errors=True)
    environment = os.environ | {
        "PORT": str(port),
        "DATA_DIR": str(data_dir),
        "OPENAI_COMPATIBLE_BASE_URL": server.base_url,
        "OPENAI_COMPATIBLE_API_KEY": server.key,
        "OPENAI_COMPATIBLE_MODEL": server.model,
        "OPENAI_COMPATIBLE_PRICE": "0.14/0.03/0.28",
        "AUTOMATIC_TITLES": "off",
    }
    url = f"http://127.0.0.1:{port}"
    with _running(environment, url), httpx.Client(base_url=url, timeout=30) as browser:
        subprocess.run(
            [sys.executable, "manage.py", "create_user", EMAIL, "--password", PASSWORD],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        page = browser.get("/account/login/").text
        browser.post(
            "/account/login/", data=_form(page, login=EMAIL, password=PASSWORD), headers={"Origin": url}
        )
        sent = browser.post(
            "/conversations/",
            data=_form(browser.get("/").text, client_id=str(uuid.uuid4()), text="Hello"),
            headers={"Accept": "application/json", "Origin": url},
        )
        generation = sent.raise_for_status().json()["reply"]["reply"]["generation"]
        reply: dict[str, Any] = _wait_for(
            lambda: _ended(browser.get(f"/generations/{generation}/").json()["reply"]), "the reply to end"
        )
        return reply


@contextlib.contextmanager
def _running(environment: dict[str, str], url: str) -> Iterator[None]:
    with (PLACE / "house.log").open("wb") as log:
        parley = subprocess.Popen(
            [sys.executable, "manage.py", "run"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_for(lambda: httpx.get(f"{url}/readyz").status_code == 200, "Parley to be ready")
        yield
    finally:
        parley.send_signal(signal.SIGINT)
        parley.wait(60)


def _form(page: str, **fields: str) -> dict[str, str]:
    token = page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    return {"csrfmiddlewaretoken": token, **fields}


def _ended(reply: dict[str, Any]) -> dict[str, Any] | None:
    return None if reply["status"] in ("queued", "running") else reply


def _wait_for(condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if found := condition():
                return found
        time.sleep(0.2)
    raise SystemExit(f"✗ not within {START_SECONDS} s: {what}")
