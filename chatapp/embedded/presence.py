"""Whether the embedded database is there, asked before anything waits for it in vain."""

import socket
from pathlib import Path

from chatapp.embedded import EmbeddedFault, places

# Looks and changes made by hand. Web, worker and `run` are not among them: they wait for a database, or bring it.
_NEED_IT = frozenset({"create_user", "dbshell", "migrate", "setup", "showmigrations", "verify_ledger"})


def check(data_dir: Path, arguments: list[str]) -> None:
    """EmbeddedFault when this command line needs the embedded database and nobody runs it."""
    if not _NEED_IT.intersection(arguments[1:2]) or {"-h", "--help"}.intersection(arguments):
        return
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(str(places.database_socket(data_dir)))
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise EmbeddedFault(
                f"Parley is not running from DATA_DIR={data_dir};"
                " start it with make run, or set DATABASE_URL."
            ) from error
