"""`python -m conversations.providers.demo`: the demo provider as a process. SIGTERM and SIGINT end it."""

import argparse
import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

from conversations.providers.demo.server import REASONING_RATE, DemoServer

if sys.platform == "win32":
    new_event_loop = asyncio.new_event_loop
else:
    from uvloop import new_event_loop

_LOOK_FOR_PARENT_SECONDS = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m conversations.providers.demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; see --port-file")
    parser.add_argument("--port-file", type=Path, help="where to write the port, once it listens")
    parser.add_argument("--rate", type=float, default=REASONING_RATE, help="tokens a second; 0: all at once")
    parser.add_argument("--scripted", action="store_true", help="take scripts (for tests and benchmarks)")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent does")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end.set)
    watch = asyncio.create_task(_end_with_parent(os.getppid(), end)) if options.with_parent else None
    async with DemoServer(
        host=options.host, port=options.port, scripted=options.scripted, rate=options.rate
    ) as server:
        if options.port_file:
            _announce(options.port_file, server.port)
        sys.stdout.write(f"Demo provider at {server.url}\n")
        sys.stdout.flush()
        await end.wait()
    if watch is not None:
        watch.cancel()


def _announce(path: Path, port: int) -> None:
    """Whole or not at all: whoever waits for the file may read it at once."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(f"{port}\n")
    draft.replace(path)


async def _end_with_parent(parent: int, end: asyncio.Event) -> None:
    """Set `end` when `parent` is ours no more, or when it closed the pipe that is our standard input."""
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        closed = asyncio.create_task(reader.read())
        closed.add_done_callback(lambda _: end.set())
    while os.getppid() == parent:  # noqa: ASYNC110 (nobody tells a process of its parent's death)
        await asyncio.sleep(_LOOK_FOR_PARENT_SECONDS)
    end.set()


if __name__ == "__main__":
    main()
