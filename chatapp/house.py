"""One machine's Parley: which parts it has, in which order they start, and what it says when it is up."""

import dataclasses
import http.client
import io
import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection

from chatapp import preparing
from chatapp.embedded import EmbeddedFault, child, home, places
from chatapp.embedded.home import Home
from chatapp.embedded.postgres import STOP_PATIENCE_S, Postgres
from chatapp.embedded.valkey import Valkey
from chatapp.environment import BASE_DIR, Environment
from chatapp.supervisor import Part, Supervisor
from conversations.models import Provider, ProviderKind

DATABASE, VALKEY, DEMO, SERVANTS = range(4)  # layers: each stands on those before it

WEB_PATIENCE_S = 12
WORKER_PATIENCE_S = 10  # beyond the grace it gives running replies

_ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 -- compared with, not bound to


class House:
    """Starts the parts, watches them, ends them. Needs a held DATA_DIR (ownership.held)."""

    def __init__(self, environment: Environment, say: Callable[[str], None]) -> None:
        self.environment = environment
        self.say = say
        self.supervisor = Supervisor(say)
        self.demo_base_url = environment.demo_base_url
        self.first_link = ""
        self.has_real_provider = False
        self.ground: Home | None = None

    def run(self) -> None:
        """Until a signal asks to stop; nothing we started is left behind, whatever happens."""
        _check_pages_are_built()
        _check_port_is_free(self.environment.host, self.environment.port)
        try:
            self._start_embedded_servers()
            self._check_given_servers()
            self._start_demo()
            self._prepare()
            self._start("web", "serve", patience_s=WEB_PATIENCE_S)
            self.supervisor.watch(self._is_open)
        except KeyboardInterrupt:
            self.supervisor.is_asked_to_stop = True
        finally:
            if self.supervisor.parts:
                self.say("\nStopping. Replies under way may finish; Ctrl-C again does not wait for them.")
            self.supervisor.stop()
            if self.ground is not None:
                home.leave(self.ground)
        self.say("Stopped.")

    def _start_embedded_servers(self) -> None:
        environment = self.environment
        if not (environment.database_is_embedded or environment.redis_is_embedded):
            return
        ground = self.ground = home.prepared(environment.data_dir)
        postgres = Postgres(ground)
        valkey = Valkey(ground, places.valkey_socket(environment.data_dir))
        if environment.database_is_embedded:
            postgres.make_cluster()
            self.supervisor.start(
                Part("database", postgres.launch, DATABASE, signal.SIGINT, patience_s=STOP_PATIENCE_S)
            )
        if environment.redis_is_embedded:
            self.supervisor.start(Part("event log (Valkey)", valkey.launch, VALKEY))
            valkey.wait_until_ready()
        if environment.database_is_embedded:
            postgres.wait_until_ready()

    def _check_given_servers(self) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise EmbeddedFault(f"DATABASE_URL: the database does not answer: {error}") from error
        try:
            with redis.Redis.from_url(self.environment.redis_url, socket_timeout=5) as client:
                client.ping()
        except redis.RedisError as error:
            raise EmbeddedFault(f"REDIS_URL: the server does not answer: {error}") from error

    def _start_demo(self) -> None:
        """The demo provider, when the environment names no other; its address holds for as long as we run."""
        environment = self.environment
        if environment.provider_keys or environment.compatible_base_url or environment.demo_base_url:
            return
        port = _free_port()
        arguments = ["--host", "127.0.0.1", "--port", str(port), "--with-parent"]
        command = [sys.executable, "-m", "conversations.providers.demo", *arguments]
        self.supervisor.start(Part("demo provider", partial(self._launch_demo, command), DEMO))
        self.demo_base_url = f"http://127.0.0.1:{port}/v1"

    def _launch_demo(self, command: list[str]) -> child.Process:
        """Its words are its log's: the first thing on the screen is to be our own address, not its."""
        log = self.environment.data_dir / "logs" / "demo.log"
        with home.opened_log(log, anew=True) as output:
            return child.spawn(command, cwd=BASE_DIR, output=output)

    def _prepare(self) -> None:
        preparing.migrate()
        preparing.collect_static_files()
        # `setup` reads the demo's address where web and worker find it: in the environment, read anew.
        settings.ENVIRONMENT = dataclasses.replace(self.environment, demo_base_url=self.demo_base_url)
        self.first_link = (call_command("setup", stdout=io.StringIO()) or "").strip()
        self.has_real_provider = (
            Provider.objects.filter(is_enabled=True).exclude(kind=ProviderKind.DEMO).exists()
        )
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # no threads here from now on: we fork

    def _start(self, name: str, command: str, *, patience_s: float) -> None:
        launch = partial(
            child.spawn,
            [sys.executable, BASE_DIR / "manage.py", command],
            env=os.environ | {"DEMO_BASE_URL": self.demo_base_url},
            cwd=BASE_DIR,
        )
        self.supervisor.start(Part(name, launch, SERVANTS, patience_s=patience_s, waits_for_replies=True))

    def _is_open(self) -> bool:
        """Once web is ready: start the worker, whose log comes after our own words, and say that we are up.

        A message sent in the moment the worker takes to start waits for it.
        """
        if not all(part.is_running for part in self.supervisor.parts) or not self._is_ready():
            return False
        patience_s = self.environment.timings.grace + WORKER_PATIENCE_S
        self._start("worker", "worker", patience_s=patience_s)
        self._announce()
        return True

    def _announce(self) -> None:
        lines = [f"Parley is running at {self.environment.public_origins[0]}"]
        if self.first_link:
            lines += ["", "Whoever opens this link first becomes the administrator:", self.first_link]
        if not self.has_real_provider:
            lines += ["", "No provider is connected, so a demo answers. Administrators can connect one."]
        if self.environment.host in _ANY_ADDRESS and "PUBLIC_ORIGINS" not in os.environ:
            lines += ["", "To let other machines in, set PUBLIC_ORIGINS to the address they will use."]
        self.say("\n" + "\n".join(f"  {line}".rstrip() for line in lines) + "\n\n  Ctrl-C stops it.\n")

    def _is_ready(self) -> bool:
        host = "127.0.0.1" if self.environment.host in _ANY_ADDRESS else self.environment.host
        asking = http.client.HTTPConnection(host, self.environment.port, timeout=2)
        try:
            asking.request(
                "GET", "/readyz", headers={"Host": urlsplit(self.environment.public_origins[0]).netloc}
            )
            return asking.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()


def _check_pages_are_built() -> None:
    if not (BASE_DIR / "static" / "dist" / "app.js").exists():
        raise EmbeddedFault("The pages' scripts are not built yet: run `make setup`, or just `make run`.")


def _check_port_is_free(host: str, port: int) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen()
    except OSError as error:
        raise EmbeddedFault(
            f"Cannot listen on {host} port {port}: {error.strerror or error}."
            f" Choose another port, as in: PORT={port + 1} make run"
        ) from error


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
