"""Django's backend for Postgres, where Django looks for it: it tells a crowd from a server that is away."""

import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

from chatapp.database import PATIENCE_SECONDS


class DatabaseWrapper(base.DatabaseWrapper):
    """Waits on for a connection of the pool while all of them are at work, as when everybody sends at once.

    The pool's own patience is short: where Postgres is away, it has none to give, and that is to be said soon.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection; PoolTimeout when none is to be had."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                if not self._is_crowded() or time.monotonic() > deadline:
                    raise

    def _is_crowded(self) -> bool:
        held: dict[str, int] = self.pool.get_stats()
        return held["pool_size"] >= held["pool_max"]
