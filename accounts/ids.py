"""Ids and secrets. Ids show when they were made and are never a secret; secrets show nothing."""

import hashlib
import secrets
import uuid

from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A UUIDv7: sorts by time of making, so that indexes and pages stay in order."""
    return compat.uuid7()


def new_secret() -> str:
    """256 random bits, fit for a link."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is stored of a secret that is shown once. The secrets are random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
