"""The demo provider's doors, over real HTTP: a model list, chat completions, and in scripted mode four more.

GET  /v1/models, /v1/key
POST /v1/chat/completions      streamed or whole; `max_tokens` and effort are obeyed
POST /script                   {"default": script, "queue": [scripts], "check": script,
                                "matches": [{"contains": "text", "script": script}]}, each optional;
                                "strict": true refuses what DeepSeek refuses
POST /release {"gate": name}   open a gate
POST /reset                    forget scripts, gates and the log
GET  /log                      {"calls": [...]}: every request to /v1, and what became of it
"""

import asyncio
import hashlib
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Self

import orjson

from conversations.providers.demo import strict, talk
from conversations.providers.demo.connection import Connection, Request
from conversations.providers.demo.script import BadScript, Gates, Performance, Script, checked
from conversations.providers.demo.wire import Call, Streamed, Whole

REASONING_RATE = 40.0  # tokens a second: one can follow it
_JSON = {"Content-Type": "application/json"}
_LISTS: Mapping[str, Any] = {
    "/v1/models": {
        "object": "list",
        "data": [{"id": "deepseek-v4-flash", "object": "model", "owned_by": "parley-demo"}],
    },
    "/v1/key": {"data": {"label": "demo", "limit": None, "usage": 0}},
}


class DemoServer:
    """A provider of our own: `async with DemoServer(scripted=True) as server: … server.url …`.

    `rate` is how many tokens of reasoning it writes a second; 0 writes everything at once. Scripts come before
    the canned answers: the first match, else the next of the queue, else the default.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        scripted: bool = False,
        rate: float = REASONING_RATE,
    ) -> None:
        self.host = host
        self.port = port
        self.calls: list[Call] = []
        self._is_scripted = scripted
        self._is_strict = False
        self._rate = rate
        self._gates = Gates()
        self._default: Script | None = None
        self._check: Script = ()
        self._queue: deque[Script] = deque()
        self._matches: list[tuple[str, Script]] = []
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._change = asyncio.Event()

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL to give an endpoint."""
        return f"{self.origin}/v1"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._answer, self._connections), self.host, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *unused: object) -> None:
        if self._server is not None:
            self._server.close()
            for connection in tuple(self._connections):
                connection.abort()
            await self._server.wait_closed()

    def play(
        self,
        *default: Mapping[str, Any],
        queue: tuple[Script, ...] = (),
        matches: Mapping[str, Script] | None = None,
        check: Script = (),
    ) -> None:
        """What POST /script does: the steps of the default script, and more scripts by queue and by match.

        `check` is played to GET requests. What is not given stays as it was.
        """
        scripts = [checked(script) for script in (default, check, *queue, *(matches or {}).values())]
        self._default = scripts[0] or self._default
        self._check = scripts[1] or self._check
        self._queue.extend(queue)
        self._matches += (matches or {}).items()

    def release(self, gate: str) -> None:
        """Let everyone through who waits at this gate, now and later."""
        self._gates.release(gate)

    def reset(self) -> None:
        """Forget scripts, gates and the log."""
        self.calls.clear()
        self._gates.close_all()
        self._default = None
        self._check = ()
        self._queue.clear()
        self._matches.clear()
        self._is_strict = False

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something that calls do makes `holds()` true."""
        while not holds():
            self._change.clear()
            await self._change.wait()

    async def _answer(self, request: Request, connection: Connection) -> None:
        path = request.path.partition("?")[0]
        if path.startswith("/v1/"):
            await self._called(request, path, connection)
        elif self._is_scripted and (request.method, path) == ("GET", "/log"):
            _reply(connection, 200, {"calls": [asdict(call) for call in self.calls]})
        elif self._is_scripted and request.method == "POST":
            self._direct(path, request.body, connection)
        else:
            _refuse(connection, 404, "There is nothing here.")

    def _direct(self, path: str, body: bytes, connection: Connection) -> None:
        try:
            wish = orjson.loads(body or b"{}")
            if path == "/script":
                self._is_strict = bool(wish.get("strict"))
                matches = {match["contains"]: match["script"] for match in wish.get("matches") or ()}
                self.play(
                    *(wish.get("default") or ()),
                    queue=wish.get("queue") or (),
                    matches=matches,
                    check=wish.get("check") or (),
                )
            elif path == "/release":
                self.release(wish["gate"])
            elif path == "/reset":
                self.reset()
            else:
                raise LookupError(path)
        except (BadScript, orjson.JSONDecodeError, LookupError, TypeError, AttributeError) as error:
            _refuse(connection, 400, f"{type(error).__name__}: {error}")
        else:
            _reply(connection, 200, {})

    async def _called(self, request: Request, path: str, connection: Connection) -> None:
        call = _call(request, path)
        self.calls.append(call)
        self._change.set()
        try:
            if (request.method, path) == ("POST", "/v1/chat/completions"):
                await self._complete(call, connection)
            elif request.method == "GET" and self._check:
                await self._perform(self._check, call, connection)
            elif request.method == "GET" and path in _LISTS:
                call.status = 200
                _reply(connection, 200, _LISTS[path])
            else:
                call.status = 404
                _refuse(connection, 404, "There is nothing here.")
            call.ended_at = time.time()
        finally:
            if call.ended_at is None:
                call.left_at = connection.gone_at
            self._change.set()
            if not self._is_scripted:
                self.calls.remove(call)  # a demo that runs for months keeps no log

    async def _complete(self, call: Call, connection: Connection) -> None:
        texts = talk.texts_in(call.body)
        if not texts:
            call.status = 400
            _refuse(connection, 400, "messages: expected at least one, with text.")
            return
        call.count_prompt(texts)
        fault = strict.fault_in(call.body) if self._is_strict else ""
        if fault:
            call.status = 400
            _refuse(connection, 400, fault)
            return
        script = self._script_for(texts[-1])
        if script is not None:
            await self._perform(script, call, connection)
        elif call.body.get("stream") is True:
            await talk.say(call, Streamed(connection, call), connection, rate=self._rate)
        else:
            await talk.say(call, Whole(connection, call), connection, rate=0)

    async def _perform(self, script: Script, call: Call, connection: Connection) -> None:
        await Performance(script, Streamed(connection, call), call, self._gates).play()

    def _script_for(self, text: str) -> Script | None:
        for part, script in self._matches:
            if part in text:
                return script
        return self._queue.popleft() if self._queue else self._default


def _call(request: Request, path: str) -> Call:
    headers = dict(request.headers)
    if "authorization" in headers:  # recognisable to whoever knows the key, useless to others
        kind, _, key = headers["authorization"].partition(" ")
        headers["authorization"] = f"{kind} sha256:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    try:
        body = orjson.loads(request.body) if request.body else None
    except orjson.JSONDecodeError:
        body = None
    return Call(
        id=f"demo-{uuid.uuid4().hex}",
        at=time.time(),
        method=request.method,
        path=path,
        headers=headers,
        body=body,
    )


def _reply(connection: Connection, status: int, value: Any) -> None:
    connection.reply(status, _JSON, orjson.dumps(value))


def _refuse(connection: Connection, status: int, message: str) -> None:
    _reply(
        connection, status, {"error": {"message": message, "type": "invalid_request_error", "code": status}}
    )
