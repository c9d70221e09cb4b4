"""`manage.py run` (`make run`): everything one machine needs, until Ctrl-C."""

import signal
import sys
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from chatapp.embedded import EmbeddedFault, ownership
from chatapp.house import House


class Command(BaseCommand):
    help = "Run Parley on this machine: Postgres, Valkey, worker and web, until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        # SIGINT too: whoever was started in the background of a script was started with it ignored.
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, _as_ctrl_c)
        try:
            with ownership.held(settings.ENVIRONMENT.data_dir):
                House(settings.ENVIRONMENT, self._say).run()
        except EmbeddedFault as fault:
            sys.exit(str(fault))

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
