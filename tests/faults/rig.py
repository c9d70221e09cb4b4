"""The house on ground of its own: a Postgres and a Valkey that may be killed, and a chaos proxy on every link.

    browser ── "browser" ──▶ web ── "web-postgres", "web-redis" ──▶ servers
                             worker ── "worker-postgres", "worker-redis", "provider" ──▶ servers, provider

`Rig(place).start()` once, `stand_on()` around whatever uses Django's models in the test's own process, `renew()`
before a case: every part runs, every link is healed, and nothing is left of the case before.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import httpx
import psutil
import psycopg
import redis
from django.conf import settings
from django.db import OperationalError, connection

from accounts.actions import default_budgets
from accounts.models import User
from chatapp.embedded import home, ownership, places
from chatapp.embedded.postgres import NAME, Postgres
from chatapp.embedded.valkey import Valkey
from conversations.actions import catalogue
from conversations.fault_points import Point
from conversations.models import UNFINISHED, Generation
from tests.conversations.conftest import connect
from tests.faults.proxy import Link, Network
from tests.house.conftest import Script
from tests.house.people import Person
from tests.house.processes import (
    BASE_DIR,
    PATIENCE_SECONDS,
    SHORT,
    START_SECONDS,
    Process,
    free_port,
    wait_until,
)

What = Literal["kill", "raise", "lose", "pause"]

PASSWORD = "correct horse battery staple"


class Part(Process):
    """A process of the rig, which may be paused too."""

    def __init__(self, name: str, *command: str, environment: Mapping[str, str], logs: Path) -> None:
        super().__init__(*command, environment=environment, log=logs / f"{name}.log")
        self.name = name

    def start(self) -> None:
        """Start it, unless it runs."""
        if not self.is_alive:
            super().start()

    def pause(self) -> None:
        """SIGSTOP: it holds everything it has and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT; harmless when it runs."""
        os.kill(self.pid, signal.SIGCONT)

    def ask_to_end(self) -> None:
        """SIGTERM, without waiting."""
        os.kill(self.pid, signal.SIGTERM)

    def wait_until_gone(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Until it has ended by itself; its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def end_whatever_it_takes(self) -> None:
        """Gone, gently where it listens."""
        if not self.is_alive:
            return
        self.resume()
        try:
            self.end()
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                self.kill()

    @property
    def fds(self) -> int:
        return psutil.Process(self.pid).num_fds()


class Rig:
    """Web, worker and provider on servers of their own. `webs[0]` and `workers[0]` always run between cases."""

    def __init__(self, place: Path, *, timings: Mapping[str, str] | None = None, seed: int = 1) -> None:
        self.place = place
        self.timings = {**SHORT, **(timings or {})}
        self.fault_points = place / "fault_points"
        self.logs = place / "part-logs"
        self.webs: list[Part] = []
        self.workers: list[Part] = []
        self.network = Network(seed)
        self._ground = contextlib.ExitStack()
        self._marks: dict[Path, int] = {}  # how far each log was read when the case began
        self._web_ports: list[int] = []
        self._providers: list[Part] = []

    # --- the whole ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Servers, links, tables, parts; returns when a message could be sent."""
        ownership.claim(self.place)
        for directory in (self.fault_points, self.logs):
            directory.mkdir(exist_ok=True)
        for log in self.logs.iterdir():
            log.unlink()
        self._ground.enter_context(ownership.held(self.place))
        # Servers end with the thread that started them, and those who start them again come and go.
        self._starter = self._ground.enter_context(ThreadPoolExecutor(1, thread_name_prefix="servers"))
        ground = home.prepared(self.place)
        self._ground.callback(home.leave, ground)
        self.postgres = Postgres(ground)
        self.postgres.settings["fsync"] = "off"  # a killed server loses nothing that it gave to the system
        self._ground.callback(self.postgres.stop)
        self.start_postgres()
        self.valkey = Valkey(ground, places.valkey_socket(self.place))
        self._ground.callback(self.valkey.stop)
        self.start_redis()
        self._make_empty_database()
        self._open_links()
        self._manage("migrate", "--no-input", "-v0")
        self._manage("collectstatic", "--no-input", "-v0")
        provider = self._part(
            "provider", "-m", "conversations.providers.demo",
            "--scripted", "--host", "127.0.0.1", "--port", "0", "--port-file", str(self.place / "provider.port"),
        )  # fmt: skip
        (self.place / "provider.port").unlink(missing_ok=True)
        self._providers.append(provider)
        provider.start()
        self.add_web()
        self.add_worker()
        wait_until(self._has_provider, seconds=START_SECONDS, what="the provider to be ready")
        port = int((self.place / "provider.port").read_text())
        self.provider_url = f"http://127.0.0.1:{port}"
        self.network.links["provider"].targets = [("127.0.0.1", port)]
        self.script = Script(self.provider_url)
        self.wait_until_serving()
        self.workers[0].wait_until_ready()

    def end(self) -> None:
        """Everything that was started is gone."""
        for part in (*self.webs, *self.workers, *self._providers):
            part.end_whatever_it_takes()
        self.network.close()
        self._ground.close()

    def renew(self) -> None:
        """Before a case: all as after `start`, with nobody signed up and nothing said. Needs `stand_on`."""
        self.heal()
        for extra in (*self.webs[1:], *self.workers[1:]):
            extra.end_whatever_it_takes()
        del self.webs[1:], self.workers[1:], self._web_ports[1:]
        self.link("browser").targets = [("127.0.0.1", self._web_ports[0])]
        self.webs[0].start()
        self._start_worker()
        self._empty_tables()
        self.redis().flushall()
        connect(catalogue.default_model(), f"{self.url_of('provider')}/v1")
        default_budgets.set_default_budgets(actor=None, person=Decimal(5), organisation=Decimal(100))
        self.script.reset()
        self.wait_until_serving()
        self._marks = {log: log.stat().st_size for log in self.logs.iterdir()}

    def heal(self) -> None:
        """End every fault that is under way: links, servers, paused parts, armed points. Restarts no part."""
        self.network.heal()
        for leftover in self.fault_points.iterdir():
            point = leftover.name.split(".")[0]
            (self.fault_points / f"{point}.go").touch()
            if "." not in leftover.name:
                leftover.unlink()
        for part in (*self.webs, *self.workers):
            if part.is_alive:
                part.resume()
        self.start_postgres()
        self.start_redis()

    @contextlib.contextmanager
    def stand_on(self) -> Iterator[None]:
        """Django's models, in this process, mean the rig's Postgres; the processes of the rig are not asked."""
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        before = dict(connection.settings_dict)
        connection.settings_dict.update(
            NAME=NAME, USER=NAME, PASSWORD="", HOST=str(places.socket_dir(self.place)), PORT=""
        )
        try:
            yield
        finally:
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
            connection.settings_dict.clear()
            connection.settings_dict.update(before)

    # --- people, provider, links ------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where browsers go: any web process that is there."""
        return self.url_of("browser")

    def link(self, name: str) -> Link:
        """The link of this name: browser, web-postgres, web-redis, worker-postgres, worker-redis, provider."""
        return self.network.links[name]

    def url_of(self, name: str) -> str:
        return f"http://127.0.0.1:{self.link(name).port}"

    def person(self, name: str) -> Person:
        """Somebody new, signed in, in a browser of their own."""
        user = User.objects.create_user(f"{name}@example.org", PASSWORD, display_name=name.capitalize())
        return Person(user, self.url)

    def redis(self) -> "redis.Redis":
        """Valkey itself, by no link."""
        return redis.Redis(unix_socket_path=str(self.valkey.socket), socket_timeout=5)

    # --- parts ------------------------------------------------------------------------------------------------------

    def add_web(self) -> Part:
        """One more web process behind the same address; started, not waited for."""
        port = free_port()
        web = self._part(
            f"web-{len(self.webs)}", "manage.py", "serve", **self._links_of("web"), PORT=str(port)
        )
        self.webs.append(web)
        self._web_ports.append(port)
        self.link("browser").targets.append(("127.0.0.1", port))
        web.start()
        return web

    def add_worker(self) -> Part:
        """One more worker; started, not waited for."""
        name = f"worker-{len(self.workers)}"
        worker = self._part(name, "manage.py", "worker", **self._links_of("worker"))
        self.workers.append(worker)
        worker.start()
        return worker

    def wait_until_serving(self, seconds: float = START_SECONDS) -> None:
        """Until browsers get pages, from every web process that runs."""
        for index, web in enumerate(self.webs):
            if web.is_alive:
                wait_until(lambda i=index: self.is_ready(i), seconds=seconds, what=f"{web.name} to be ready")  # type: ignore[misc]

    def is_ready(self, index: int = 0) -> bool:
        """What /readyz of a web process says."""
        host = self.url.removeprefix("http://")
        url = f"http://127.0.0.1:{self._web_ports[index]}/readyz"
        return httpx.get(url, headers={"Host": host}, timeout=PATIENCE_SECONDS).status_code == 200

    def stop_postgres(self) -> None:
        """pg_ctl stop -m immediate: as in a crash."""
        assert self.postgres.process is not None
        self.postgres.process.send_signal(signal.SIGQUIT)
        self.postgres.process.wait(PATIENCE_SECONDS)
        connection.close()  # this process's own

    def start_postgres(self) -> None:
        """Up again; harmless when it runs."""
        self._starter.submit(_start, self.postgres).result()

    def stop_redis(self) -> None:
        """kill -9."""
        assert self.valkey.process is not None
        self.valkey.process.kill()
        self.valkey.process.wait(PATIENCE_SECONDS)

    def start_redis(self) -> None:
        """Up again, and empty; harmless when it runs."""
        self._starter.submit(_start, self.valkey).result()

    # --- fault points -----------------------------------------------------------------------------------------------

    def arm(self, point: Point, what: What) -> None:
        """Whichever process passes this point next does that, once."""
        for suffix in (".reached", ".go"):
            (self.fault_points / f"{point}{suffix}").unlink(missing_ok=True)
        draft = self.fault_points / f"{point}.draft"
        draft.write_text(what)
        draft.rename(self.fault_points / point)

    def wait_until_reached(self, point: Point, seconds: float = PATIENCE_SECONDS) -> None:
        reached = self.fault_points / f"{point}.reached"
        wait_until(reached.exists, seconds=seconds, what=f"{point} to be reached")

    def let_go(self, point: Point) -> None:
        """End a pause."""
        (self.fault_points / f"{point}.go").touch()

    # --- what was seen ----------------------------------------------------------------------------------------------

    def wait_until_quiet(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Until every reply has ended."""
        wait_until(
            lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(),
            seconds=seconds,
            what="every reply to have ended",
        )

    def complaints(self) -> list[dict[str, Any]]:
        """The log lines of this case that say `error` or show a traceback, of every part."""
        found = []
        for log in sorted(self.logs.iterdir()):
            with log.open("rb") as lines:
                lines.seek(self._marks.get(log, 0))
                found += [said for line in lines if (said := _complaint(log.stem, line))]
        return found

    def last_words(self, lines: int = 40) -> dict[str, str]:
        """The end of what each part wrote in this case, for whoever wants to know why it failed."""
        words = {}
        for log in sorted(self.logs.iterdir()):
            with log.open("rb") as written:
                written.seek(self._marks.get(log, 0))
                words[log.stem] = b"".join(written.readlines()[-lines:]).decode(errors="replace")
        return words

    def took(self, case: str, seconds: float) -> None:
        """Write down how long a recovery took, for docs/reliability.md."""
        path = self.place / "recovery.json"
        figures = json.loads(path.read_text()) if path.exists() else {}
        figures[case] = round(seconds, 2)
        path.write_text(json.dumps(figures, indent=1, sort_keys=True))

    @contextlib.contextmanager
    def timed(self, case: str) -> Iterator[None]:
        """The block begins when the fault ends, and ends when all is well again."""
        start = time.monotonic()
        yield
        self.took(case, time.monotonic() - start)

    # --- steps ------------------------------------------------------------------------------------------------------

    def _open_links(self) -> None:
        postgres, valkey = places.database_socket(self.place), self.valkey.socket
        for name in ("web", "worker"):
            self.network.link(f"{name}-postgres", postgres)
            self.network.link(f"{name}-redis", valkey)
        self.network.link("browser")
        self.network.link("provider")

    def _links_of(self, name: str) -> dict[str, str]:
        return {
            "DATABASE_URL": f"postgresql://{NAME}@127.0.0.1:{self.link(f'{name}-postgres').port}/{NAME}",
            "REDIS_URL": f"redis://127.0.0.1:{self.link(f'{name}-redis').port}/0",
        }

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.timings,
            "DATA_DIR": str(self.place),
            "SECRET_KEY": settings.SECRET_KEY,  # sessions are made in the test's own process
            "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
            "DATABASE_URL": places.database_url(self.place),
            "REDIS_URL": places.redis_url(self.place),
            "PUBLIC_ORIGINS": self.url,
            "DJANGO_SETTINGS_MODULE": "chatapp.settings",
            "FAULT_POINTS_DIR": str(self.fault_points),
        }

    def _part(self, name: str, *command: str, **environment: str) -> Part:
        return Part(name, *command, environment={**self._environment(), **environment}, logs=self.logs)

    def _manage(self, *command: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=BASE_DIR, env=self._environment(), check=True
        )

    def _make_empty_database(self) -> None:
        where = str(places.socket_dir(self.place))
        with psycopg.connect(host=where, user=NAME, dbname="postgres", autocommit=True) as postgres:
            postgres.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            postgres.execute(f"CREATE DATABASE {NAME}")

    def _empty_tables(self) -> None:
        keep = ("django_migrations", "django_content_type", "auth_permission")
        with connection.cursor() as cursor:
            names = [n for n in connection.introspection.table_names(cursor) if n not in keep]
            while True:
                try:
                    cursor.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")
                    return
                except OperationalError as fault:
                    # The parts go on looking at their tables, in an order of their own.
                    if not isinstance(fault.__cause__, psycopg.errors.DeadlockDetected):
                        raise

    def _has_provider(self) -> bool:
        port = self.place / "provider.port"
        return port.exists() and port.read_text().strip() != ""

    def _start_worker(self) -> None:
        """The first worker runs, and has begun to look for replies."""
        self.workers[0].start()
        self.workers[0].wait_until_ready()


def _complaint(part: str, line: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return (
            {"part": part, "event": line.decode(errors="replace").strip()} if b"Traceback" in line else None
        )
    is_error = isinstance(said, dict) and said.get("level") in ("error", "critical")
    return {"part": part, **said} if is_error else None


def still(condition: Callable[[], object]) -> bool:
    """A condition that may be asked of a house in trouble: no answer is a no."""
    with contextlib.suppress(httpx.HTTPError, OSError):
        return bool(condition())
    return False


def _start(server: Postgres | Valkey) -> None:
    if server.process is None or server.process.poll() is not None:
        server.start()
