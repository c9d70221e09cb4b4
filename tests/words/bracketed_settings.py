"""Parley's settings, and a second language in which every sentence stands in ⟦brackets⟧: for processes of tests."""

import os
from pathlib import Path

from chatapp.settings import *  # noqa: F403
from tests.words import pseudo

LOCALE_PATHS = [Path(os.environ["BRACKETED_LOCALE"])]
LANGUAGES = pseudo.LANGUAGES
