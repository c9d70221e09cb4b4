#!/usr/bin/env python
"""Django's command line for Parley."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from chatapp.embedded import EmbeddedFault, presence
from chatapp.environment import EnvironmentFault

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    try:
        if settings.ENVIRONMENT.database_is_embedded:
            presence.check(settings.ENVIRONMENT.data_dir, sys.argv)
        execute_from_command_line(sys.argv)
    except (EnvironmentFault, EmbeddedFault) as fault:
        sys.exit(str(fault))
