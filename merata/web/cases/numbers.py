"""Reference numbers that nobody mistakes, spoken or written, and the secret that belongs to a report's."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

#: Letters and digits that nobody takes for each other.
LETTERS = "23456789CDFGHJKMNPQRTVWXY"


def new_reference(first: str) -> str:
    """A new number: L… of a report, K… of a case."""
    return first + "".join(secrets.choice(LETTERS) for _ in range(7))


def secret_of(reference: str, key: str | bytes | None = None) -> str:
    """The secret of a report's link, by which its reporter alone says whether it works again. Kept nowhere."""
    made = salted_hmac("report's link", reference, secret=key, algorithm="sha256")
    return made.hexdigest()[:32]


def is_secret_of(reference: str, secret: str) -> bool:
    """Whether a secret belongs to a report, by the site's key now or an older one."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(secret_of(reference, key), secret) for key in keys)
