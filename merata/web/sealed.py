"""Secrets that must be read again: kept under a key that is made of the site's own, so that the database tells none."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from merata.errors import SettingsError


def seal(text: str, what: str) -> str:
    """Text as it may be kept; `what` it is gives it a key of its own."""
    return _keys(what).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, what: str) -> str:
    """The text that was sealed.

    Raises
    ------
    SettingsError
        It was sealed under another key, or somebody changed it.
    """
    try:
        return _keys(what).decrypt(sealed).decode()
    except InvalidToken:
        raise SettingsError(
            f"A {what} in the database was sealed under another key than the site has now. Put back "
            "the .merata/web/secret-key that the region had."
        ) from None


def _keys(what: str) -> MultiFernet:
    """The newest key seals; what older ones sealed is read too."""
    return MultiFernet(
        [Fernet(_key(key, what)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str | bytes, what: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"merata {what}".encode())
    return base64.urlsafe_b64encode(made.derive(force_bytes(secret)))
