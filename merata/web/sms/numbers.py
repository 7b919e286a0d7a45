"""Numbers of phones: written alike, known again by a hash, and whether one may be answered."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

_COUNTRY = "+62"
_FEWEST, _MOST = 9, 15


def alike(number: str) -> str:
    """A number as +62…, however it is written; '' for what is no number of a person: short codes, names of senders."""
    bare = re.sub(r"[\s().-]", "", number)
    if not re.fullmatch(r"\+?\d+", bare, re.ASCII):
        return ""
    if bare.startswith("0"):
        bare = _COUNTRY + bare.lstrip("0")
    elif not bare.startswith("+"):
        bare = f"+{bare}"
    return bare if _FEWEST <= len(bare) - 1 <= _MOST else ""


def is_own(number: str) -> bool:
    """Whether a number is the centre's own: a message from it is one that came round."""
    return number in {alike(own) for own in settings.WAYS.sms_numbers}


def hash_of(number: str) -> str:
    """By what a number is known again while there is something to ask it: worth nothing without the site's key."""
    return salted_hmac("phone", number, algorithm="sha256").hexdigest()


def hash_today(number: str) -> str:
    """By what a number's messages are counted today; another one tomorrow."""
    day = timezone.localdate().isoformat()
    return salted_hmac(f"phone {day}", number, algorithm="sha256").hexdigest()[:16]
