from pathlib import Path

import pytest

from chatapp import environment
from chatapp.environment import EnvironmentFault


def read(tmp_path: Path, **given: str) -> environment.Environment:
    return environment.read({"DATA_DIR": str(tmp_path / "data"), **given})


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    found = read(tmp_path)

    assert (found.host, found.port) == ("127.0.0.1", 8000)
    assert found.database_is_embedded
    assert found.redis_is_embedded
    assert found.public_origins == ["http://localhost:8000", "http://127.0.0.1:8000"]
    assert not found.is_https


def test_every_mistake_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        read(
            tmp_path,
            PORT="eighty",
            SECRET_KEY="short",
            PUBLIC_ORIGINS="chat.example.org",
            TRUSTED_PROXIES="the-proxy",
            OPENAI_COMPATIBLE_PRICE="cheap",
            ENCRYPTION_KEYS="abc",
        )

    named = [line.split(":")[0].split("=")[0] for line in str(caught.value).splitlines()]
    assert named == [
        "PORT",
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "PUBLIC_ORIGINS",
        "OPENAI_COMPATIBLE_PRICE",
        "TRUSTED_PROXIES",
    ]


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)

    assert first.secret_key == second.secret_key
    assert first.encryption_keys == second.encryption_keys
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0


def test_secrets_are_never_part_of_what_is_printed(tmp_path: Path) -> None:
    found = read(tmp_path, OPENROUTER_API_KEY="sk-canary", SENTRY_DSN="https://dsn-canary@example.org/1")

    assert "canary" not in repr(found)
    assert found.secret_key not in repr(found)


def test_origins_are_written_as_browsers_write_them(tmp_path: Path) -> None:
    found = read(
        tmp_path, PUBLIC_ORIGINS="HTTPS://Chat.Example.org:443/, http://localhost:80,http://[::1]:8000"
    )

    assert found.public_origins == ["https://chat.example.org", "http://localhost", "http://[::1]:8000"]


def test_a_data_dir_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(EnvironmentFault, match=r"DATA_DIR=.*/data cannot be made .* Choose another"):
        read(tmp_path)


def test_fault_points_are_refused_where_people_come_by_https(tmp_path: Path) -> None:
    assert read(tmp_path, FAULT_POINTS_DIR="/faults").fault_points_dir == "/faults"

    with pytest.raises(EnvironmentFault, match="FAULT_POINTS_DIR is for tests"):
        read(tmp_path, FAULT_POINTS_DIR="/faults", PUBLIC_ORIGINS="https://chat.example.org")


def test_titles_are_automatic_unless_switched_off(tmp_path: Path) -> None:
    assert read(tmp_path).automatic_titles
    assert not read(tmp_path, AUTOMATIC_TITLES="off").automatic_titles
    with pytest.raises(EnvironmentFault, match="AUTOMATIC_TITLES='maybe': expected on or off"):
        read(tmp_path, AUTOMATIC_TITLES="maybe")


def test_a_time_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path).budget_time_zone == "UTC"
    assert read(tmp_path, BUDGET_TIME_ZONE="Europe/Berlin").budget_time_zone == "Europe/Berlin"
    for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/localtime"):
        with pytest.raises(EnvironmentFault, match="expected a time zone such as Europe/Berlin"):
            read(tmp_path, BUDGET_TIME_ZONE=zone)
