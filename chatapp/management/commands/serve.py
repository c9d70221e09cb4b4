"""`manage.py serve`: the web process. SIGTERM or SIGINT: pages move to another process, then it ends."""

import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from chatapp import web_server  # isort: skip -- first of all that imports Twisted
from twisted.internet import reactor

from chatapp.asgi import application
from conversations import sockets


class Command(BaseCommand):
    help = "Serve pages and sockets on HOST and PORT."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.ENVIRONMENT.host, settings.ENVIRONMENT.port
        server = web_server.Server(application, host=host, port=port, goodbye=sockets.tell_all_to_reconnect)
        # Python's own handlers, not the loop's: Twisted takes the loop's wake-up descriptor for itself.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: reactor.callFromThread(server.drain))
        server.run()
        if server.failure:
            sys.exit(f"Cannot listen on {host} port {port}: {server.failure}")
