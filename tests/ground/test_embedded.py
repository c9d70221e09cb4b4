"""The embedded servers by themselves: whose they are, and what they make of what a crash left."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from chatapp.embedded import EmbeddedFault, home, identity, ownership, places
from chatapp.embedded.postgres import Postgres
from chatapp.embedded.valkey import Valkey

pytestmark = pytest.mark.stack


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Where an unprivileged user can reach it, unlike pytest's own directory."""
    place = Path(tempfile.mkdtemp(prefix="parley-embedded-"))
    place.chmod(0o711)
    ownership.claim(place / "data")
    yield place / "data"
    shutil.rmtree(place)
    shutil.rmtree(places.socket_dir(place / "data"), ignore_errors=True)


@pytest.fixture
def postgres(data_dir: Path) -> Iterator[Postgres]:
    postgres = Postgres(home.prepared(data_dir))
    yield postgres
    postgres.stop()


def connect(postgres: Postgres) -> "psycopg.Connection":
    return psycopg.connect(host=str(postgres.home.sockets), user="parley", dbname="parley", autocommit=True)


def test_what_was_written_survives_kill_and_stop(postgres: Postgres) -> None:
    postgres.start()
    with connect(postgres) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()

    postgres.start()
    postgres.stop()
    postgres.start()

    with connect(postgres) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_number_that_now_means_another_process_stops_nobody(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    stale = postgres.home.cluster / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{postgres.home.cluster}\n")

    postgres.start()

    assert connect(postgres).execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_outlived_its_run_is_replaced(postgres: Postgres, data_dir: Path) -> None:
    postgres.start()
    next_run = Postgres(postgres.home)

    next_run.start()

    assert postgres.process is not None
    assert postgres.process.wait(10) == 0
    assert connect(next_run).execute("SELECT 1").fetchone() == (1,)
    next_run.stop()


def test_the_same_holds_for_valkey(data_dir: Path) -> None:
    ground, socket = home.prepared(data_dir), places.valkey_socket(data_dir)
    left, next_run = Valkey(ground, socket), Valkey(ground, socket)
    left.start()

    next_run.start()

    assert left.process is not None
    assert left.process.wait(10) == 0
    with redis.Redis(unix_socket_path=str(socket)) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-ttl"}
        assert client.config_get("port") == {"port": "0"}
    next_run.stop()
    assert not socket.exists()


def test_only_its_owner_can_enter_the_sockets_directory(data_dir: Path) -> None:
    sockets = home.prepared(data_dir).sockets

    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert len(str(sockets / ".s.PGSQL.5432")) <= 107


def test_the_sockets_directory_goes_with_the_servers_unless_something_is_left_in_it(data_dir: Path) -> None:
    ground = home.prepared(data_dir)
    kept = ground.sockets / "kept"
    kept.touch()

    home.leave(ground)
    assert kept.exists()

    kept.unlink()
    home.leave(ground)
    home.leave(ground)
    assert not ground.sockets.exists()


def test_a_socket_directory_that_somebody_else_prepared_is_refused(data_dir: Path) -> None:
    sockets = places.socket_dir(data_dir)
    elsewhere = data_dir / "elsewhere"
    elsewhere.mkdir()
    sockets.symlink_to(elsewhere)

    with pytest.raises(EmbeddedFault, match="belongs to somebody else"):
        home.prepared(data_dir)

    sockets.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")
def test_the_data_dir_of_another_user_is_one_clear_line(data_dir: Path) -> None:
    shutil.chown(data_dir, "nobody")

    with pytest.raises(EmbeddedFault, match=r"belongs to nobody and you are root\. Choose another") as caught:
        ownership.claim(data_dir)

    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_root_keeps_the_database_where_its_user_can_reach_it(data_dir: Path) -> None:
    data_dir.chmod(0o700)

    outside = home.prepared(data_dir).cluster

    assert outside.is_relative_to(places.SYSTEM_DIR)
    assert home.prepared(data_dir).cluster == outside
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    outside.parent.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_root_copies_programs_that_their_user_cannot_reach(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SYSTEM_DIR", data_dir.parent / "system")
    really = identity.can_execute
    monkeypatch.setattr(
        identity, "can_execute", lambda who, path: "site-packages" not in str(path) and really(who, path)
    )
    postgres = Postgres(home.prepared(data_dir))
    valkey = Valkey(postgres.home, places.valkey_socket(data_dir))

    postgres.start()
    valkey.start()

    assert postgres.process is not None
    assert str(data_dir.parent / "system") in str(postgres.process.args)
    assert connect(postgres).execute("SELECT 1").fetchone() == (1,)
    valkey.stop()
    postgres.stop()


def test_a_data_dir_is_held_by_one_process_at_a_time(data_dir: Path) -> None:
    first, second, third = (ownership.held(data_dir) for _ in range(3))

    with first, pytest.raises(ownership.InUse, match=f"process {os.getpid()}"):
        second.__enter__()

    with third:
        pass


def test_the_log_tells_nobody_what_people_wrote(postgres: Postgres) -> None:
    postgres.log.parent.mkdir(mode=0o755)
    postgres.log.touch(mode=0o644)
    postgres.start()

    with connect(postgres) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("CREATE TABLE said (text text CHECK (text = ''))")
        connection.execute("INSERT INTO said VALUES ('a private sentence')")

    log = postgres.log.read_text()
    assert "violates check constraint" in log
    assert "a private sentence" not in log
    assert stat.S_IMODE(postgres.log.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(postgres.log.stat().st_mode) == 0o600


def test_every_log_is_for_its_owner_only(data_dir: Path) -> None:
    valkey = Valkey(home.prepared(data_dir), places.valkey_socket(data_dir))
    valkey.start()
    valkey.stop()

    assert stat.S_IMODE(valkey.log.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(valkey.log.stat().st_mode) == 0o600
