"""The site's two languages: the report's tongue with the site's sentences, times in WITA, addresses by language."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from merata.publish.words import LANGUAGES, NBSP, Language
from merata.publish.words import Tongue as Spoken
from merata.web.sentences import CHOICES, SENTENCES

__all__ = ["LANGUAGES", "Language", "Tongue", "tongue"]

WITA = ZoneInfo("Asia/Makassar")


class Tongue(Spoken):
    """One language of the site."""

    def __init__(self, language: Language) -> None:
        super().__init__(language, SENTENCES, CHOICES)

    def moment(self, when: datetime | None) -> str:
        """15 Mei 2025 09.30 WITA or 15 May 2025 09:30 WITA; '–' for none."""
        if when is None:
            return "–"
        there = when.astimezone(WITA)
        colon = "." if self.language == "id" else ":"
        return f"{self.day(there.date().isoformat())} {there:%H}{colon}{there:%M}{NBSP}WITA"

    def month(self, period: str) -> str:
        """Oktober 2026 or October 2026, of 2026-10; a year stays as it is."""
        return self.day(f"{period}-01").split(NBSP, 1)[1] if "-" in period else period

    def of(self, row: Any, name: str) -> str:
        """The text that `row` keeps in this language in `name`_id and `name`_en."""
        return str(getattr(row, f"{name}_{self.language}"))


@cache
def tongue(language: Language) -> Tongue:
    """The tongue of a language."""
    return Tongue(language)
