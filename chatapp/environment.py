"""Every setting that comes from the environment, read once, in one place, failing loudly.

`read()` gathers all mistakes before it raises, so that one start shows everything there is to mend.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet

from chatapp.embedded import EmbeddedFault, ownership, places

BASE_DIR = Path(__file__).resolve().parent.parent

Network = IPv4Network | IPv6Network

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class EnvironmentFault(Exception):
    """One or more variables cannot be used; the message has a line for each."""


@dataclass(frozen=True)
class Timings:
    """Seconds. Settings, so that tests can run them short; the defaults are what production wants."""

    heartbeat: float
    lease: float  # a running reply whose worker was silent for this long is interrupted
    snapshot: float  # how often running text is copied into Postgres
    grace: float  # what running replies are given when a worker is asked to stop
    tick: float  # the shortest pause between two frames of one reply
    first_data: float  # longest wait for the first data event of a provider
    next_data: float  # longest silence between data events afterwards
    whole_turn: float  # longest reply


@dataclass(frozen=True)
class Environment:
    """What the environment said, checked and typed."""

    host: str
    port: int
    data_dir: Path
    database_url: str
    database_is_embedded: bool
    redis_url: str
    redis_is_embedded: bool
    secret_key: str = field(repr=False)
    encryption_keys: list[str] = field(repr=False)
    public_origins: list[str]
    provider_keys: Mapping[str, str] = field(repr=False)  # provider slug -> key
    compatible_base_url: str
    compatible_model: str
    compatible_price: tuple[Decimal, Decimal, Decimal] | None  # input, cached, output per 1M tokens
    demo_base_url: str
    email_url: str
    support_contact: str
    budget_time_zone: str  # where the days, weeks and months of budgets begin
    trusted_proxies: list[Network]
    parallel_replies: int  # of one person
    automatic_titles: bool  # a conversation is named by its model after the first reply
    sentry_dsn: str = field(repr=False)
    fault_points_dir: str  # for tests: where they say what is to go wrong (conversations.fault_points)
    timings: Timings

    @property
    def is_https(self) -> bool:
        """True when people reach us by https alone: cookies may then be Secure and `__Host-`."""
        return all(origin.startswith("https://") for origin in self.public_origins)


class _Reader:
    def __init__(self, source: Mapping[str, str]) -> None:
        self.source = source
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.source.get(name, "").strip() or default

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        raw = self.text(name)
        try:
            value = float(raw) if raw else default
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            self.faults.append(f"{name}={raw!r}: expected a number from {least:g} to {most:g}.")
            return default
        return value

    def origins(self, name: str, default: list[str]) -> list[str]:
        """Origins as browsers write them: lower case, without the port that goes without saying."""
        origins: list[str] = []
        for given in filter(None, (part.strip().rstrip("/") for part in self.text(name).split(","))):
            parts = urlsplit(given.lower())
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.username:
                self.faults.append(f"{name}: {given!r} is not an origin such as https://chat.example.org.")
            origins.append(given.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, "")))
        return origins or default

    def url(self, name: str) -> str:
        value = self.text(name).rstrip("/")
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            self.faults.append(f"{name}={value!r}: expected an address such as https://llm.example.org/v1.")
        return value

    def networks(self, name: str) -> list[Network]:
        found: list[Network] = []
        for part in filter(None, (p.strip() for p in self.text(name).split(","))):
            try:
                found.append(ip_network(part, strict=False))
            except ValueError:
                self.faults.append(f"{name}: {part!r} is not an address or a network such as 10.0.0.0/8.")
        return found

    def switch(self, name: str, default: bool) -> bool:
        raw = self.text(name).lower()
        if raw not in ("", "on", "off"):
            self.faults.append(f"{name}={raw!r}: expected on or off.")
        return default if raw not in ("on", "off") else raw == "on"

    def price(self, name: str) -> tuple[Decimal, Decimal, Decimal] | None:
        raw = self.text(name)
        if not raw:
            return None
        try:
            given, cached, produced = (Decimal(part) for part in raw.split("/"))
        except (ValueError, InvalidOperation):
            given = cached = produced = Decimal(-1)
        prices = (given, cached, produced)
        if not all(p.is_finite() and 0 <= p <= 100_000 for p in prices):
            self.faults.append(
                f"{name}={raw!r}: expected input/cached/output dollars per 1M, as in 0.14/0.03/0.28."
            )
            return None
        return prices

    def time_zone(self, name: str, default: str) -> str:
        zone = self.text(name, default)
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.faults.append(f"{name}={zone!r}: expected a time zone such as Europe/Berlin.")
            return default
        return zone

    def fernet_keys(self, name: str) -> list[str]:
        keys = [part.strip() for part in self.text(name).split(",") if part.strip()]
        for index, key in enumerate(keys, start=1):
            try:
                Fernet(key)
            except ValueError:
                self.faults.append(f"{name}: key {index} is not 32 url-safe base64 bytes.")
        return keys


def kept_secret(data_dir: Path, name: str, make: str) -> str:
    """The secret kept in DATA_DIR under this name; `make` is written there first where none is.

    Safe when two processes start at once: the file is created whole, and whoever comes second reads it.
    """
    try:
        ownership.claim(data_dir)
    except EmbeddedFault as fault:
        raise EnvironmentFault(str(fault)) from fault
    path = data_dir / name
    if not path.exists():
        draft = data_dir / f"{name}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(make)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def read(source: Mapping[str, str] | None = None) -> Environment:
    """The environment, checked. Raises EnvironmentFault naming every variable that cannot be used."""
    reader = _Reader(os.environ if source is None else source)
    data_dir = Path(reader.text("DATA_DIR", str(BASE_DIR / ".data"))).expanduser().resolve()
    port = int(reader.number("PORT", 8000, least=1, most=65535))
    secret_key = reader.text("SECRET_KEY")
    if secret_key and len(secret_key) < 32:
        reader.faults.append("SECRET_KEY: expected 32 characters or more.")
    encryption_keys = reader.fernet_keys("ENCRYPTION_KEYS")
    environment = Environment(
        host=reader.text("HOST", "127.0.0.1"),
        port=port,
        data_dir=data_dir,
        database_url=reader.text("DATABASE_URL", places.database_url(data_dir)),
        database_is_embedded=not reader.text("DATABASE_URL"),
        redis_url=reader.text("REDIS_URL", places.redis_url(data_dir)),
        redis_is_embedded=not reader.text("REDIS_URL"),
        secret_key=secret_key or kept_secret(data_dir, "secret_key", secrets.token_urlsafe(48)),
        encryption_keys=encryption_keys
        or [kept_secret(data_dir, "encryption_key", Fernet.generate_key().decode())],
        public_origins=reader.origins(
            "PUBLIC_ORIGINS", [f"http://localhost:{port}", f"http://127.0.0.1:{port}"]
        ),
        provider_keys={
            slug: key
            for slug, name in {
                "openrouter": "OPENROUTER_API_KEY",
                "routeway": "ROUTEWAY_API_KEY",
                "deepseek": "DEEPSEEK_API_KEY",
                "openai-compatible": "OPENAI_COMPATIBLE_API_KEY",
            }.items()
            if (key := reader.text(name))
        },
        compatible_base_url=reader.url("OPENAI_COMPATIBLE_BASE_URL"),
        compatible_model=reader.text("OPENAI_COMPATIBLE_MODEL", "deepseek-v4-flash"),
        compatible_price=reader.price("OPENAI_COMPATIBLE_PRICE"),
        demo_base_url=reader.url("DEMO_BASE_URL"),
        email_url=reader.text("EMAIL_URL"),
        support_contact=reader.text("SUPPORT_CONTACT"),
        budget_time_zone=reader.time_zone("BUDGET_TIME_ZONE", "UTC"),
        trusted_proxies=reader.networks("TRUSTED_PROXIES"),
        parallel_replies=int(reader.number("PARALLEL_REPLIES_PER_PERSON", 4, least=1, most=200)),
        automatic_titles=reader.switch("AUTOMATIC_TITLES", True),
        sentry_dsn=reader.text("SENTRY_DSN"),
        fault_points_dir=reader.text("FAULT_POINTS_DIR"),
        timings=Timings(
            heartbeat=reader.number("HEARTBEAT_SECONDS", 5, least=0.05, most=600),
            lease=reader.number("LEASE_SECONDS", 30, least=0.2, most=3600),
            snapshot=reader.number("SNAPSHOT_SECONDS", 1, least=0.05, most=60),
            grace=reader.number("GRACE_SECONDS", 20, least=0, most=3600),
            tick=reader.number("TICK_SECONDS", 0.04, least=0.001, most=5),
            first_data=reader.number("FIRST_DATA_SECONDS", 120, least=0.1, most=3600),
            next_data=reader.number("NEXT_DATA_SECONDS", 60, least=0.1, most=3600),
            whole_turn=reader.number("WHOLE_TURN_SECONDS", 900, least=0.1, most=7200),
        ),
    )
    if environment.fault_points_dir and any(o.startswith("https:") for o in environment.public_origins):
        reader.faults.append("FAULT_POINTS_DIR is for tests: not where people come by https.")
    if reader.faults:
        raise EnvironmentFault("\n".join(reader.faults))
    return environment
