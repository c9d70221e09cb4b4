"""Replacing the key that provider keys are sealed with: `manage.py rotate_keys`."""

from collections.abc import Iterator
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import AuditEntry
from conversations import seal
from conversations.models import Provider

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    with override_settings(ENCRYPTION_KEYS=[OLD]):
        yield Provider.objects.create(
            slug="scripted", kind="openrouter", name="Scripted", base_url="https://s.example",
            sealed_key=seal.seal("sk-canary-in-use"), pending_key=seal.seal("sk-canary-pending"),
        )  # fmt: skip


def rotate() -> str:
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def test_after_it_the_old_key_is_needed_no_more(provider: Provider) -> None:
    with override_settings(ENCRYPTION_KEYS=[NEW, OLD]):
        assert "2 sealed anew, 0 had the newest key already." in rotate()

    provider.refresh_from_db()
    with override_settings(ENCRYPTION_KEYS=[NEW]):
        assert seal.unseal(provider.sealed_key) == "sk-canary-in-use"
        assert seal.unseal(provider.pending_key) == "sk-canary-pending"
    assert AuditEntry.objects.get().action == "provider.resealed"


def test_repeating_it_changes_nothing(provider: Provider) -> None:
    with override_settings(ENCRYPTION_KEYS=[NEW, OLD]):
        rotate()
        before = Provider.objects.values("sealed_key", "pending_key").get()
        assert "0 sealed anew, 2 had the newest key already." in rotate()

    assert Provider.objects.values("sealed_key", "pending_key").get() == before


def test_what_no_key_opens_is_named_and_left_and_the_rest_is_done(provider: Provider) -> None:
    lost = Fernet.generate_key().decode()
    with override_settings(ENCRYPTION_KEYS=[lost]):
        broken = Provider.objects.create(
            slug="lost", kind="deepseek", name="Lost", base_url="https://l.example",
            sealed_key=seal.seal("sk-canary-lost"),
        )  # fmt: skip
    sealed = broken.sealed_key

    with override_settings(ENCRYPTION_KEYS=[NEW, OLD]), pytest.raises(CommandError) as told:
        rotate()

    assert "Lost" in str(told.value)
    assert "canary" not in str(told.value)
    broken.refresh_from_db()
    assert broken.sealed_key == sealed
    provider.refresh_from_db()
    with override_settings(ENCRYPTION_KEYS=[NEW]):
        assert seal.unseal(provider.sealed_key) == "sk-canary-in-use"
