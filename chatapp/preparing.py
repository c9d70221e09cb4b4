"""What must be done before web and worker may start; each step does nothing when it was done before."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Any number, the same in every copy of us.
_MIGRATION_LOCK = 0x7061726C6579


def migrate() -> None:
    """Bring the database up to date; of several copies starting at once, one does it and the others wait."""
    with _only_one():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)


def collect_static_files() -> None:
    """Hash and compress static files into STATIC_ROOT when any of them changed."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)


@contextmanager
def _only_one() -> Iterator[None]:
    with connection.cursor() as cursor:
        # A migration may take longer than any page may, and so may waiting for somebody else's.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
            cursor.execute("RESET statement_timeout")
            cursor.execute("RESET lock_timeout")


def _fingerprint() -> str:
    """Changes whenever a file would be collected that was not, or one has changed."""
    found = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in sorted(finder.list([]), key=lambda pair: pair[0]):
            stat = Path(storage.path(path)).stat()
            found.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()
