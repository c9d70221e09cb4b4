"""Provider keys at rest: encrypted with ENCRYPTION_KEYS, the newest first, any of them opens."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """A stored key was sealed with an encryption key that is no longer in ENCRYPTION_KEYS."""


def seal(secret: str) -> str:
    """What may be stored of a secret that we must be able to read again."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again. Raises SealBroken when no key opens it."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def reseal(sealed: str) -> str:
    """The same secret under the newest key; what that key opens already stays as it is. Raises SealBroken."""
    try:
        Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        return seal(unseal(sealed))
    return sealed


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
