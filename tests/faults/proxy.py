"""A small chaos proxy: one `Link` stands between two parts, and does to their bytes what a network may do.

All links of a `Network` live in one thread with an event loop of its own. What a link is told takes effect at once,
for connections that are open and for those to come, until it is told to `heal`.
"""

import asyncio
import contextlib
import math
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

Address = tuple[str, int] | Path  # TCP, or a Unix socket
Way = Literal["up", "down"]  # to the server, to the client

T = TypeVar("T")

CHUNK = 64 * 1024
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, no patience


@dataclass(frozen=True, slots=True)
class Weather:
    """What a link does to bytes that pass."""

    refuses: float = 0  # so many new connections are reset
    holds: frozenset[Way] = frozenset()  # bytes of these ways wait; nobody is told
    delay: float = 0  # seconds that each piece is late
    rate: float = 0  # bytes a second; 0: as they come
    upgrades: bool = True  # sockets may be had; else 403, as from a careful proxy in an office
    corrupts: float = 0  # the probability that a piece has one byte changed


class Link:
    """One listening port in front of one or more servers; of several, the first that can be reached is used."""

    def __init__(self, network: "Network", targets: Sequence[Address], seed: int) -> None:
        self.targets = list(targets)
        self.port = 0
        self.connections = 0  # that were ever made
        self._network = network
        self._weather = Weather()
        self._changed = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._dice = random.Random(seed)

    # --- what tests say; from any thread ----------------------------------------------------------------------

    def cut(self) -> None:
        """End all open connections in good form (FIN)."""
        self._network.call(self._end_all(_finish))

    def reset(self) -> None:
        """Break all open connections (RST)."""
        self._network.call(self._end_all(_reset))

    def refuse(self) -> None:
        """Let nobody in any more. Open connections stay: see `cut` and `reset`."""
        self._change(refuses=math.inf)

    def refuse_next(self) -> None:
        """Do not let in who comes next, and all others."""
        self._change(refuses=1)

    def blackhole(self) -> None:
        """Swallow everything both ways and tell nobody, as when a cable is pulled."""
        self._change(holds=frozenset(("up", "down")))

    def one_way(self, lost: Way) -> None:
        """Swallow what goes this way; the other way works."""
        self._change(holds=frozenset((lost,)))

    def delay(self, seconds: float) -> None:
        """Let every piece come late."""
        self._change(delay=seconds)

    def slow(self, bytes_per_second: float) -> None:
        """Let bytes through at this rate, each way."""
        self._change(rate=bytes_per_second)

    def forbid_upgrades(self) -> None:
        """Answer 403 to whoever asks for a WebSocket."""
        self._change(upgrades=False)

    def corrupt(self, probability: float) -> None:
        """Change one byte in so many of the pieces."""
        self._change(corrupts=probability)

    def heal(self) -> None:
        """Be an ordinary link again; what was held back arrives late, as after a long retransmission."""
        self._network.call(self._set(Weather()))

    # --- inside the network's thread ----------------------------------------------------------------------------

    async def open(self) -> None:
        """Listen, on a port of the system's choice."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0, limit=CHUNK)
        self.port = server.sockets[0].getsockname()[1]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._weather.refuses:
            self._weather = replace(self._weather, refuses=self._weather.refuses - 1)
            _reset(writer)
            return
        try:
            far_reader, far_writer = await self._reach()
        except OSError:
            _reset(writer)
            return
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(
                self._pump("up", reader, far_writer, writer),
                self._pump("down", far_reader, writer, far_writer),
            )
        except asyncio.CancelledError:
            return  # the network is closed; asyncio's streams would report a cancelled one as a fault
        finally:
            self._writers -= {writer, far_writer}
            for one in (writer, far_writer):
                one.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        fault: OSError = ConnectionRefusedError("no target")
        for target in self.targets:
            try:
                if isinstance(target, Path):
                    return await asyncio.open_unix_connection(str(target), limit=CHUNK)
                return await asyncio.open_connection(*target, limit=CHUNK)
            except OSError as error:
                fault = error
        raise fault

    async def _pump(
        self,
        way: Way,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
    ) -> None:
        try:
            while piece := await reader.read(CHUNK):
                if not self._weather.upgrades and b"upgrade: websocket" in piece.lower():
                    back.write(_FORBIDDEN)
                    back.close()
                    return
                writer.write(await self._weathered(way, piece))
                await writer.drain()
            await self._let_through(way)
            writer.write_eof()
        except (OSError, RuntimeError):
            _reset(writer)  # one end is broken: so is the other

    async def _weathered(self, way: Way, piece: bytes) -> bytes:
        await self._let_through(way)
        weather = self._weather
        late = weather.delay + (len(piece) / weather.rate if weather.rate else 0)
        if late:
            await asyncio.sleep(late)
            await self._let_through(way)
        if weather.corrupts and self._dice.random() < weather.corrupts:
            at = self._dice.randrange(len(piece))
            piece = piece[:at] + bytes([piece[at] ^ 0x55]) + piece[at + 1 :]
        return piece

    async def _let_through(self, way: Way) -> None:
        while way in self._weather.holds:
            await self._changed.wait()

    async def _end_all(self, end: Callable[[asyncio.StreamWriter], None]) -> None:
        for writer in list(self._writers):
            end(writer)

    async def _set(self, weather: Weather) -> None:
        self._weather = weather
        self._changed.set()
        self._changed = asyncio.Event()

    def _change(self, **weather: Any) -> None:
        self._network.call(self._set(replace(self._weather, **weather)))


def _finish(writer: asyncio.StreamWriter) -> None:
    writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    found = writer.get_extra_info("socket")
    if found is not None and found.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()


class Network:
    """All links of a rig, in a thread of their own."""

    def __init__(self, seed: int = 1) -> None:
        self.links: dict[str, Link] = {}
        self._seed = seed
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Network":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def link(self, name: str, *targets: Address) -> Link:
        """A new link, listening; `targets` may be filled in later."""
        link = self.links[name] = Link(self, targets, seed=self._seed + len(self.links))
        self.call(link.open())
        return link

    def heal(self) -> None:
        """All links are ordinary links again."""
        for link in self.links.values():
            link.heal()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it in the network's thread and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        """End every connection and the thread."""
        self.call(_cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
