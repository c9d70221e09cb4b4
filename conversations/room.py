"""How far ahead of its reader a socket may be: Daphne itself would keep all that a page does not read."""

from collections.abc import Callable

# A page acknowledges what it received twice a second; one that does not read is sent no more than this, however
# many replies it follows.
MOST_UNDRAWN_BYTES = 256 * 1024


class Room:
    """How much one socket may still be sent before its page acknowledges some of it."""

    def __init__(self) -> None:
        self._used = 0
        self._waiting: list[Callable[[], None]] = []

    def is_full(self) -> bool:
        """True when nothing more may be sent for now."""
        return self._used > MOST_UNDRAWN_BYTES

    def take(self, size: int) -> None:
        """Bytes that were sent."""
        self._used += size

    def give_back(self, size: int) -> None:
        """Bytes that were acknowledged, or that nobody will acknowledge any more."""
        self._used -= size
        if self._used < MOST_UNDRAWN_BYTES // 2:
            waiting, self._waiting = self._waiting, []
            for go_on in waiting:
                go_on()

    def wait(self, go_on: Callable[[], None]) -> None:
        """Call `go_on` when half of the room is free again."""
        self._waiting.append(go_on)
