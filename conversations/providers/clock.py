"""One timer for one call: it interrupts whoever waits for the provider, and nobody else."""

import asyncio
from types import TracebackType
from typing import Self


class Clock:
    """`with clock:` around each wait raises TimeoutError once the time last `allow`ed is over.

    Time spent outside the `with` is the caller's own and does not count, but for the whole turn's end, which
    is fixed. Unlike asyncio.timeout it may be entered thousands of times cheaply (the timer is moved lazily),
    and it never cancels a task that is doing something else between two waits: a generator may hold one.
    """

    def __init__(self, whole_turn: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + whole_turn
        self._due = self._end
        self._timer: asyncio.TimerHandle | None = None
        self._alarm = self._end  # when the timer rings, which may be before it is due
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._has_struck = False

    @property
    def is_over(self) -> bool:
        """True when the whole turn's time is up."""
        return self._loop.time() >= self._end

    def allow(self, seconds: float) -> None:
        """Begin a new count."""
        self._due = min(self._loop.time() + seconds, self._end)

    def stop(self) -> None:
        """Forget the timer. The clock must not be entered again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __enter__(self) -> Self:
        self._task = task = asyncio.current_task()
        if task is None:
            raise RuntimeError("A clock can only interrupt a task.")
        self._cancelling = task.cancelling()
        if self._timer is None or self._alarm > self._due:
            self._arm()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        if not self._has_struck or task is None:
            return
        self._has_struck = False
        if task.uncancel() <= self._cancelling and kind is not None:
            raise TimeoutError from error

    def _arm(self) -> None:
        self.stop()
        self._alarm = self._due
        self._timer = self._loop.call_at(self._due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._task is None:
            return  # nobody waits; the next `with` arms it again
        if self._loop.time() < self._due:
            self._arm()
        else:
            self._has_struck = True
            self._task.cancel()
