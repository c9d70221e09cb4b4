"""Keeps the parts of one Parley running: starts again what died, ends everything in order."""

import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from chatapp.embedded import child

# A part that fails at once is tried again after these pauses; one that held longer starts at the first.
PAUSES_S = (0.2, 1, 2, 5, 10)
STEADY_AFTER_S = 30
READINESS_EVERY_S = 0.1
PATIENCE_STEP_S = 0.2
# One request to stop may come twice: to the whole group, and once more through make.
SAME_REQUEST_S = 0.5


@dataclass
class Part:
    """One process that is to run as long as we do."""

    name: str
    launch: Callable[[], child.Process]
    layer: int  # what it stands on has a lower one, and ends later
    farewell: signal.Signals = signal.SIGTERM
    patience_s: float = 10
    waits_for_replies: bool = False  # may be ended at once by whoever does not want to wait
    process: child.Process | None = None
    started_at: float = 0
    due_at: float = 0
    failures: int = 0

    def start(self) -> None:
        """Launch it now."""
        self.process = self.launch()
        self.started_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Watches parts until a signal asks to stop. Order of starting; stopping is the other way round."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.parts: list[Part] = []
        self.is_asked_to_stop = False
        self.is_in_a_hurry = False
        self._asked_at = 0.0
        self._wake_up: tuple[int, int] | None = None

    def start(self, part: Part) -> None:
        """Launch a part and look after it from now on."""
        self.parts.append(part)
        part.start()

    def watch(self, is_open: Callable[[], bool]) -> None:
        """Until a signal asks to stop. `is_open` is asked again and again until it says yes."""
        self._listen_for_signals()
        opened = False
        while not self.is_asked_to_stop:
            now = time.monotonic()
            for part in self.parts:
                self._look_after(part, now)
            opened = opened or is_open()
            self._sleep(None if opened else READINESS_EVERY_S)

    def stop(self) -> None:
        """End every part, layer by layer. A signal meanwhile means: do not wait for running replies."""
        self._listen_for_signals()
        self.parts = [part for part in self.parts if part.process is not None]
        while self.parts:
            top = max(part.layer for part in self.parts)
            together = [part for part in self.parts if part.layer == top]
            for part in together:
                if part.process is not None and part.is_running:
                    part.process.send_signal(part.farewell)
            for part in together:
                self._wait_for(part)
                self.parts.remove(part)

    def _wait_for(self, part: Part) -> None:
        deadline = time.monotonic() + part.patience_s
        while part.process is not None and part.is_running:
            if time.monotonic() > deadline or (self.is_in_a_hurry and part.waits_for_replies):
                child.kill(part.process)
                return
            self._sleep(PATIENCE_STEP_S)

    def _look_after(self, part: Part, now: float) -> None:
        if part.process is None:
            if now >= part.due_at:
                part.start()
            return
        code = part.process.poll()
        if code is None:
            return
        part.failures = 0 if now - part.started_at > STEADY_AFTER_S else part.failures
        pause = PAUSES_S[min(part.failures, len(PAUSES_S) - 1)]
        part.failures += 1
        part.process, part.due_at = None, now + pause
        self.say(f"The {part.name} ended ({_reason(code)}) and starts again in {pause:g} s.")

    def _listen_for_signals(self) -> None:
        """From here on signals are flags: nothing is interrupted half-way."""
        if self._wake_up is not None:
            return
        self._wake_up = os.pipe()
        for end in self._wake_up:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake_up[1], warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake up

    def _note(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.is_asked_to_stop:
            self.is_in_a_hurry |= now - self._asked_at > SAME_REQUEST_S
        else:
            self.is_asked_to_stop, self._asked_at = True, now

    def _sleep(self, at_most_s: float | None) -> None:
        """Until a signal, a child's end among them, or until a part is due to start again."""
        due = [part.due_at - time.monotonic() for part in self.parts if part.process is None]
        pauses = [max(0.0, pause) for pause in (*due, *([] if at_most_s is None else [at_most_s]))]
        assert self._wake_up is not None  # noqa: S101 -- watch and stop listen first
        readable, _, _ = select.select([self._wake_up[0]], [], [], min(pauses, default=None))
        if readable:
            os.read(self._wake_up[0], 1024)


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"status {code}"
