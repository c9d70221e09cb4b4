"""Twisted on uvloop, told of every connection that breaks. Installed before whatever else imports Twisted.

On a socket's error uvloop calls its reader once more and then closes its own handle for good. Where bytes that
came before a reset were still unread, that one call reads them and does not hear of the reset: Twisted would keep
the dead connection for ever, and whatever it next wrote to it would raise.
"""

import os
import socket
from collections.abc import Container
from typing import Any

import uvloop
from twisted.internet import asyncioreactor, tcp
from twisted.internet.error import ConnectionLost
from twisted.internet.main import installReactor


class Reactor(asyncioreactor.AsyncioSelectorReactor):
    """Asks after each read whether the socket is still sound."""

    def _readOrWrite(self, selectable: Any, read: bool) -> None:  # noqa: N802 -- Twisted's name
        super()._readOrWrite(selectable, read)  # type: ignore[no-untyped-call]
        readers: Container[object] = self._readers
        if read and isinstance(selectable, tcp.Connection) and selectable in readers:
            error = selectable.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                why = ConnectionLost(os.strerror(error))
                self._disconnectSelectable(selectable, why, read)  # type: ignore[no-untyped-call]


def install() -> None:
    """Make this the process's reactor."""
    installReactor(Reactor(uvloop.new_event_loop()))  # type: ignore[no-untyped-call]
