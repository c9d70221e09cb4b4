"""Postgres as a thing that may be away: connections that do not wait for ever, and the words for it."""

from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg.pq import TransactionStatus

T = TypeVar("T")

# Beyond what the server itself allows a statement (settings): whoever is silent for longer is not there.
PATIENCE_SECONDS = 20.0
# An idle connection that is asked nothing answers at once.
CHECK_SECONDS = 2.0

# By class of SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html: a connection that failed, too
# many of them, a server that goes or comes. No state at all: nobody answered.
_AWAY = ("", "08", "53", "57P")
# A statement or a lock that took too long, two that waited for each other.
_BUSY = ("57014", "55P03", "40")


class Connection(psycopg.Connection[Any]):
    """A connection that gives up on a server which does not answer, as when a cable was pulled."""

    _patience = PATIENCE_SECONDS

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self._patience)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()  # its answer, should it ever come, must not be taken for another's
            raise

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> psycopg.Cursor[Any]:
        """With no words in it, it is the pool that asks whether anybody is there."""
        self._patience = PATIENCE_SECONDS if query else CHECK_SECONDS
        try:
            return super().execute(query, *args, **kwargs)
        finally:
            self._patience = PATIENCE_SECONDS


def is_away(fault: BaseException | None) -> bool:
    """True when this says that Postgres cannot be reached, rather than that something is wrong with what was asked."""
    return _is_of(fault, _AWAY) and not is_busy(fault)


def is_busy(fault: BaseException | None) -> bool:
    """True when this says that somebody else was in the way, and that trying again may help."""
    return _is_of(fault, _BUSY)


def _is_of(fault: BaseException | None, states: tuple[str, ...]) -> bool:
    if not isinstance(fault, OperationalError | InterfaceError):
        return False
    state = getattr(fault.__cause__, "sqlstate", None) or ""
    return any(state.startswith(one) if one else not state for one in states)
