"""What keeps hostile text harmless, taken away layer by layer: the sanitiser, the server's escaping, the policy.

And a door of somebody else's on this machine, which hears whatever comes to it.
"""

import html
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Route

from chatapp.embedded import page_scripts
from tests.house.processes import BASE_DIR

ATTACKS: dict[str, dict[str, str]] = json.loads((BASE_DIR / "tests" / "attacks.json").read_text())


class Elsewhere:
    """Another origin that listens: a request, or a mere connection, is in `heard` by its first line."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.heard: list[str] = []

    def attacks(self, *kinds: str) -> dict[str, str]:
        """Attacks that lead here, by name: of these kinds, or all."""
        return {
            name: text.replace("{evil}", self.origin)
            for kind in kinds or ATTACKS
            for name, text in ATTACKS[kind].items()
        }


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Listening until the block ends."""

    class Door(socketserver.StreamRequestHandler):
        timeout = 5

        def handle(self) -> None:
            place.heard.append("a connection")
            try:
                line = self.rfile.readline(2_000).decode(errors="replace").split(" ")
            except TimeoutError:
                return
            if len(line) > 1:
                place.heard.append(line[1])
            self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nElsewhere.")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        place = Elsewhere(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield place
        server.shutdown()


def build_believing(place: Path, *, is_sanitised: bool = False) -> Path:
    """The page's script as it would be if raw HTML were HTML; all of it is believed unless it is sanitised."""
    node = page_scripts.found_node()
    node.run(
        "node",
        "tests/browser/believing.mjs",
        str(place),
        *(["sanitised"] if is_sanitised else []),
        is_quiet=True,
    )
    return place


def load_instead(context: BrowserContext, built: Path) -> None:
    """Pages of this browser load that script in place of their own."""

    def script(route: Route) -> None:
        name = Path(route.request.url)
        path = built / "chunks" / name.name if name.parent.name == "chunks" else built / "app.js"
        route.fulfill(path=path, content_type="text/javascript") if path.exists() else route.continue_()

    context.route("**/static/app.*js", script)
    context.route("**/static/chunks/*.js", script)


def take_its_own_sanitiser(context: BrowserContext) -> None:
    """This browser is one without a sanitiser: its pages use the one they bring."""
    context.add_init_script("delete Element.prototype.setHTML; delete window.Sanitizer;")


def make_live(context: BrowserContext) -> None:
    """Pages of this browser come with every escaped sign in them as the server would never send it: live."""

    def page(route: Route) -> None:
        if route.request.resource_type != "document":
            route.fallback()
            return
        answer = route.fetch(max_redirects=0)
        headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        route.fulfill(status=answer.status, headers=headers, body=html.unescape(answer.text()))

    context.route("**/*", page)
