#!/usr/bin/env python
"""Django's command line for Parley."""

import os
import sys

from django.core.management import execute_from_command_line

from chatapp.environment import EnvironmentFault

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    try:
        execute_from_command_line(sys.argv)
    except EnvironmentFault as faults:
        sys.exit(str(faults))
