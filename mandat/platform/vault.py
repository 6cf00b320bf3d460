"""Secrets kept in the database: encrypted under keys derived from the secret of the deployment, one per purpose."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def cipher(purpose: str) -> MultiFernet:
    """Return what encrypts for a purpose; it also reads what former secrets of the deployment encrypted."""
    return MultiFernet([_key(each, purpose) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(force_bytes(secret))
    return Fernet(base64.urlsafe_b64encode(derived))
