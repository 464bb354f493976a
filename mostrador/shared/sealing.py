"""Secrets that the database keeps and that somebody must be able to use again: encrypted under the secret key.

What was sealed under an earlier key (SECRET_KEY_FALLBACKS) is still read.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(secret: str, *, purpose: str) -> str:
    """Return a secret encrypted for one purpose ("mailbox.password"); "" for none."""
    return _cipher(secret_keys(), purpose).encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str, *, purpose: str) -> str:
    """Return the secret; "" for none, and for what was sealed for something else or under a key that is lost."""
    if not sealed:
        return ""
    try:
        return _cipher(secret_keys(), purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def secret_keys() -> tuple[str, ...]:
    """Return the installation's secret keys, the present one first."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=64)
def derived(key: str, purpose: str) -> bytes:
    """Return 32 bytes that a secret key gives for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())


@lru_cache(maxsize=16)
def _cipher(secrets: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, purpose))) for key in secrets])
