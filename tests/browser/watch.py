"""What goes wrong in a browser without anybody seeing it: every test fails of it."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError, WebSocket

# Runs in every page before its own scripts. Hostile text in these tests tries to set `__pwned`.
TRAP = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
Object.defineProperty(window, "__pwned", { set(value) { console.error(`foreign script ran: ${value}`); } });
"""
_LOCAL_SCHEMES = ("data", "blob", "about")


class Watch:
    """Hears errors, faults of the policy, dialogs and requests to elsewhere in all browsers of a test."""

    def __init__(self, origin: str) -> None:
        self.faults: list[str] = []
        self._host = urlsplit(origin).netloc
        self._expected: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch everything that opens in this browser."""
        context.add_init_script(TRAP)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("page", self._page)

    def expect(self, *words: str) -> None:
        """A console error with these words is what the test is about. Chromium reports each refusal as one."""
        self._expected += words

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in self._expected):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"uncaught: {error.error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"{dialog.type} opened: {dialog.message}")
        dialog.dismiss()

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        self._went_to(socket.url)

    def _request(self, request: Request) -> None:
        self._went_to(request.url)

    def _went_to(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _LOCAL_SCHEMES and parts.netloc != self._host:
            self.faults.append(f"left for {url}")
