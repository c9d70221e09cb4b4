"""Requests out, events in, errors as ProviderError. With `pools`, all that knows which HTTP library is used."""

import json
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import httpx
import orjson

from conversations.providers import addresses, faults, pools, sentences, sse
from conversations.providers.base import Clocks, Endpoint, FaultCode, ProviderError
from conversations.providers.clock import Clock

_LONGEST_ERROR = 65_536
_LONGEST_WHOLE_REPLY = 8 << 20

_T = TypeVar("_T")

_BROKEN_CONNECTION = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError)


class Answer:
    """A reply of status 200 whose body is on its way."""

    def __init__(self, response: httpx.Response, exchange: "_Exchange") -> None:
        self.headers: Mapping[str, str] = response.headers
        self.kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        self._exchange = exchange
        self._chunks = response.aiter_raw()
        self._decoder = sse.Decoder()
        self._is_over = False
        self._is_reply = False  # somebody reads it as one
        self._fault: ProviderError | None = None

    async def events(self) -> list[sse.Event] | None:
        """The next events, at least one; None at the end. A whole reply in JSON comes as a single event.

        Comments are not events: they do not wind the clocks.
        """
        self._exchange.wind()
        self._is_reply = True
        while not self._is_over:
            if self.kind == "application/json":
                events = await self._whole()
            else:
                events = self._decoded(await self._chunk())
            if events:
                self._exchange.has_begun = True
                return events
        if self._fault is not None:
            raise self._fault
        return None

    async def rest(self, most: int) -> bytes:
        """The body in one piece, cut at `most` bytes."""
        body = bytearray()
        while len(body) < most and (chunk := await self._chunk()) is not None:
            body += chunk
        return bytes(body[:most])

    async def _whole(self) -> list[sse.Event]:
        """A body that calls itself JSON: a reply or a fault in one piece, or a stream under a wrong name."""
        body = await self.rest(_LONGEST_WHOLE_REPLY)
        if body.lstrip().startswith((b"data:", b"event:", b":")):
            return self._decoded(body) + self._decoded(None)
        self._is_over = True
        return [sse.Event(body)] if body.strip() else []

    async def _chunk(self) -> bytes | None:
        chunk = await self._exchange.waited(anext(self._chunks, None))
        self._exchange.is_accepted |= self._is_reply and bool(chunk)
        return chunk

    def _decoded(self, chunk: bytes | None) -> list[sse.Event]:
        events: list[sse.Event] = []
        try:
            for event in self._decoder.close() if chunk is None else self._decoder.feed(chunk):
                events.append(event)  # noqa: PERF402 (those before an error are kept)
        except sse.EventTooLarge as error:
            self._fault = self._exchange.fault(FaultCode.BROKEN, detail=str(error))
        self._is_over = chunk is None or self._fault is not None
        return events


Opening = AbstractAsyncContextManager[Answer]  # entering it sends the request


@asynccontextmanager
async def post(
    endpoint: Endpoint, clocks: Clocks, path: str, *, body: Mapping[str, Any], headers: Mapping[str, str]
) -> AsyncIterator[Answer]:
    """POST `body` and give the answer. Leaving the context closes the connection unless all of it was read.

    Raises ProviderError for anything but a 200 with a body that may be a reply.
    """
    exchange = _Exchange(endpoint, clocks)
    headers = {"Accept": "text/event-stream, application/json", "Content-Type": "application/json", **headers}
    async with exchange.opened("POST", path, headers, _encoded(body)) as answer:
        if answer.kind in ("text/html", "application/xhtml+xml"):
            raise exchange.fault(
                FaultCode.BROKEN,
                sentences.WEB_PAGE,
                detail=(await answer.rest(_LONGEST_ERROR)).decode("utf-8", "replace"),
            )
        yield answer


async def check(endpoint: Endpoint, clocks: Clocks, path: str) -> None:
    """GET `path`; raise ProviderError unless it answers 200 with JSON."""
    await fetch(endpoint, clocks, path, is_read=False)


async def fetch(
    endpoint: Endpoint, clocks: Clocks, path: str, *, most: int = _LONGEST_ERROR, is_read: bool = True
) -> bytes:
    """GET `path`: the JSON that it answers. Raises ProviderError, also for more than `most` bytes if it `is_read`."""
    exchange = _Exchange(endpoint, clocks)
    async with exchange.opened("GET", path, {"Accept": "application/json"}) as answer:
        body = await answer.rest(most + 1)
        if is_read and len(body) > most:
            raise exchange.fault(FaultCode.BROKEN, sentences.TOO_LONG_A_LIST, is_retryable=False)
        if answer.kind != "application/json":
            raise exchange.fault(
                FaultCode.BROKEN,
                sentences.NO_MODEL_SERVER,
                detail=body.decode("utf-8", "replace"),
                is_retryable=False,
            )
        return body


class _Exchange:
    """One request to one endpoint: its clock, and the one place where waiting for the provider can fail."""

    def __init__(self, endpoint: Endpoint, clocks: Clocks) -> None:
        self.endpoint = endpoint
        self.clocks = clocks
        self.has_begun = False
        self.is_accepted = False  # something of a reply came, were it a comment: it may be billed
        self._clock = Clock(clocks.whole_turn)
        self._clock.allow(clocks.first_data)

    def wind(self) -> None:
        """Begin to count the silence anew, once there were data events."""
        if self.has_begun:
            self._clock.allow(self.clocks.next_data)

    @asynccontextmanager
    async def opened(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> AsyncIterator[Answer]:
        """The answer, if its status is 200 and its bytes are what they seem."""
        response = None
        try:
            response = await self.waited(self._sent(method, path, headers, content))
            answer = Answer(response, self)
            if response.status_code != httpx.codes.OK:
                raise await self._refusal(response, answer)
            if encoding := _encoding_of(response):
                raise self.fault(
                    FaultCode.BROKEN,
                    sentences.COMPRESSED,
                    detail=f"Content-Encoding: {encoding}",
                )
            yield answer
        finally:
            self._clock.stop()
            if response is not None:
                await response.aclose()

    async def waited(self, wanted: Awaitable[_T]) -> _T:
        """What was waited for. Everything the network can do becomes a ProviderError here."""
        try:
            with self._clock:
                return await wanted
        except TimeoutError as error:
            raise self._stalled() from error
        except _BROKEN_CONNECTION as error:
            code = FaultCode.CUT if self.is_accepted else FaultCode.UNREACHABLE
            # For the log: an address may stand in it, never a header.
            raise self.fault(code, detail=f"{type(error).__name__}: {error}") from error

    def fault(self, code: FaultCode, sentence: str = "", **more: Any) -> ProviderError:
        """As `faults.fault`."""
        return faults.fault(self.endpoint, code, sentence, **more)

    async def _sent(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None
    ) -> httpx.Response:
        if addresses.is_forbidden(httpx.URL(self.endpoint.base_url).host):
            raise addresses.ForbiddenAddress("an address that is never called")
        client = pools.client_for(self.endpoint)
        request = client.build_request(
            method,
            self.endpoint.base_url.rstrip("/") + path,
            content=content,
            headers={**_standing_headers(self.endpoint), **headers},
            # Reading has clocks of its own: a timeout for each read would be wound by keep-alive comments.
            timeout=httpx.Timeout(None, connect=self.clocks.connect, pool=self.clocks.connect),
        )
        return await client.send(request, stream=True)

    async def _refusal(self, response: httpx.Response, answer: Answer) -> ProviderError:
        try:
            body = await answer.rest(_LONGEST_ERROR)
        except ProviderError:
            body = b""  # the status alone says enough
        if encoding := _encoding_of(response):
            body = f"Content-Encoding: {encoding}".encode()
        return faults.refusal(self.endpoint, response.status_code, response.headers, body)

    def _stalled(self) -> ProviderError:
        if self._clock.is_over:
            sentence = sentences.TOO_SLOW.replace("{time}", _spoken(self.clocks.whole_turn))
            return self.fault(FaultCode.STALLED, sentence, is_retryable=False)
        if self.has_begun:
            sentence = sentences.SILENT_FOR.replace("{time}", _spoken(self.clocks.next_data))
            return self.fault(FaultCode.STALLED, sentence)
        sentence = sentences.NOT_BEGUN.replace("{time}", _spoken(self.clocks.first_data))
        return self.fault(FaultCode.STALLED, sentence)


def _encoding_of(response: httpx.Response) -> str:
    """How its body is compressed; "" where it is not. A few kilobytes may unpack to gigabytes, so none is unpacked."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def _standing_headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {"User-Agent": "Parley", "Accept-Encoding": "identity"}
    if endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key}"
    return headers


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:  # a lone surrogate in somebody's text: sent as U+FFFD
        text = json.dumps(body, ensure_ascii=False)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _spoken(seconds: float) -> str:
    if seconds >= 120:
        return sentences.MINUTES.format(count=f"{seconds / 60:.0f}")
    return sentences.SECONDS.format(count=f"{seconds:g}")
