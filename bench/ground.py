"""A house of its own for a benchmark: fresh database, embedded servers, scripted provider, web and worker."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / ".data" / "bench"

# Before Django's settings load.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
for name in ("DATABASE_URL", "REDIS_URL"):
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["AUTOMATIC_TITLES"] = "off"

import django
import psutil
from django.core.management import call_command
from django.db import connection

from chatapp.embedded import places
from chatapp.embedded.home import prepared
from chatapp.embedded.postgres import Postgres
from chatapp.embedded.valkey import Valkey

django.setup()

from accounts.actions import default_budgets
from accounts.models import User
from conversations.actions import catalogue
from tests.conversations.conftest import connect
from tests.house.processes import House

# What production runs with: the tests' short times would snapshot three times as often.
PRODUCTION_TIMES = ("HEARTBEAT_SECONDS", "LEASE_SECONDS", "SNAPSHOT_SECONDS", "GRACE_SECONDS")


@contextmanager
def house() -> Iterator[tuple[House, dict[str, int]]]:
    """The house on an empty database and its parts' process ids; ended afterwards with all it started."""
    with ExitStack() as ground:
        home = prepared(DATA_DIR)
        postgres, valkey = Postgres(home), Valkey(home, places.valkey_socket(DATA_DIR))
        for server in (postgres, valkey):
            ground.callback(server.stop)
            server.start()
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        call_command("migrate", verbosity=0)
        logs = DATA_DIR / "logs"
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        built = House(dict(os.environ), logs)
        for name in PRODUCTION_TIMES:
            built.environment.pop(name)
        ground.callback(built.end)
        built.start()
        connect(catalogue.default_model(), f"{built.provider_url}/v1")
        default_budgets.set_default_budgets(actor=None, person=None, organisation=None)
        assert valkey.process is not None
        yield built, {"worker": built.worker.pid, "web": built.web.pid, "valkey": valkey.process.pid}


def people(count: int) -> list[User]:
    """That many people; their passwords are nothing."""
    return [User.objects.create_user(f"p{n}@example.org", display_name=f"P{n}") for n in range(count)]


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """CPU time of each process so far."""
    used = {}
    for name, pid in pids.items():
        times = psutil.Process(pid).cpu_times()
        used[name] = times.user + times.system
    return used


def say(line: str = "") -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)
