"""Passwords that are little more than words which everybody here thinks of first are refused."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from merata.web import configure
from merata.web.accounts import later

#: Words of the programme, in both languages; docs/explanation/asvs.md lists them too.
OWN_WORDS = (
    "merata", "internet", "sinyal", "signal", "desa", "village", "kecamatan", "kabupaten", "provinsi", "dinas",
    "kominfo", "diskominfo", "indonesia", "password", "sandi", "rahasia", "admin",
)  # fmt: skip
#: Letters that are left without these words, at least.
_LEFT = 6


@cache
def known() -> re.Pattern[str]:
    """The words of the programme and those of the region's name."""
    words = {*OWN_WORDS, *re.findall(r"[^\W\d_]{4,}", configure.region_name(settings.REGION).lower())}
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


class NotOwnWords:
    """Asks for some letters beside the words of the programme, digits and signs."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where too little is left."""
        left, found = known().subn("", password.lower())
        if found and len(re.sub(r"[\W\d_]", "", left)) < _LEFT:
            raise ValidationError(later("error_own_words"), code="own_words")

    def get_help_text(self) -> str:
        """What is asked for."""
        return str(later("error_own_words"))
