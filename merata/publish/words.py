"""Every word that leaves as a file, in Indonesian and English; and numbers, money and dates as each writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from merata.publish.choices import CHOICES, MARKS
from merata.publish.phrases import in_indonesian
from merata.publish.sentences import SENTENCES

__all__ = ["CHOICES", "LANGUAGES", "MARKS", "Language", "Tongue", "is_empty"]

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")

_MONTHS = {
    "id": [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_SCALES = {
    "id": ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu")),
    "en": ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand")),
}
_CURRENCY = {"id": "Rp", "en": "IDR"}
NBSP = "\u00a0"


class Tongue:
    """One language: its sentences by key, its words for choices, its way with numbers, money and dates."""

    def __init__(
        self,
        language: Language,
        sentences: Mapping[str, tuple[str, str]] = SENTENCES,
        choices: Mapping[str, Mapping[str, tuple[str, str]]] = CHOICES,
    ) -> None:
        self.language: Language = language
        self._sentences = sentences
        self._choices = choices
        self._place = LANGUAGES.index(language)

    def __call__(self, key: str, **values: Any) -> str:
        """The sentence of `key` with its {values} filled in; KeyError when it is not declared."""
        text = self._sentences[key][self._place]
        return text.format(**values) if values else text

    def word(self, group: str, key: Any) -> str:
        """The word for a choice; the choice itself when it is not declared, '–' when there is none."""
        if is_empty(key):
            return "–"
        pair = self._choices[group].get(str(key))
        return pair[self._place] if pair else str(key)

    def phrase(self, english: Any) -> tuple[str, Language]:
        """An engine's English sentence in this language, and the language that it is in after all."""
        text = "" if is_empty(english) else str(english)
        if self.language == "en":
            return text, "en"
        indonesian = in_indonesian(text)
        return (text, "en") if indonesian is None else (indonesian, "id")

    def number(self, value: Any, digits: int = 0) -> str:
        """1.234,5 or 1,234.5; '–' for nothing known."""
        if is_empty(value):
            return "–"
        text = f"{_half_up(float(value), digits):,.{digits}f}"
        if self.language == "id":
            text = text.translate(str.maketrans(",.", ".,"))
        return text.replace("-", "−")

    def share(self, value: Any, digits: int = 0) -> str:
        """A share of 0 to 1 as a percentage: 12,5 % or 12.5%."""
        if is_empty(value):
            return "–"
        text = self.number(float(value) * 100, digits)
        return f"{text}%"

    def chance(self, value: Any, uncertainty: Any = None) -> str:
        """A chance of 0 to 1 as a percentage that never claims certainty: '> 99%', '< 1%'; '78% ± 9' with the other.

        `uncertainty` is the chance's own standard uncertainty, 0 to 1; what is less than one in a hundred is one.
        """
        if is_empty(value):
            return "–"
        if float(value) > 0.99:
            return f">{NBSP}99%"
        if float(value) < 0.01:
            return f"<{NBSP}1%"
        if is_empty(uncertainty) or float(uncertainty) <= 0:
            return self.share(value)
        return f"{self.share(value)}{NBSP}±{NBSP}{self.number(max(1.0, float(uncertainty) * 100))}"

    def money(self, idr: Any) -> str:
        """Rupiah in three figures, as people say it: Rp 1,23 miliar or IDR 1.23 billion."""
        if is_empty(idr):
            return "–"
        amount = int(idr)
        for scale, name in _SCALES[self.language]:
            if abs(amount) >= scale:
                figure = self.number(amount / scale, _digits_for_three(amount / scale))
                return f"{_CURRENCY[self.language]}{NBSP}{figure}{NBSP}{name}"
        return f"{_CURRENCY[self.language]}{NBSP}{self.number(amount)}"

    def millions(self, idr: Any) -> str:
        """Rupiah in millions with one decimal, for columns whose head says so."""
        return "–" if is_empty(idr) else self.number(int(idr) / 1e6, 1)

    def day(self, iso: Any) -> str:
        """15 Mei 2025 or 15 May 2025; what is no ISO date stays as it is."""
        text = "" if is_empty(iso) else str(iso)
        try:
            when = date.fromisoformat(text[:10])
        except ValueError:
            return text or "–"
        return f"{when.day}{NBSP}{_MONTHS[self.language][when.month - 1]}{NBSP}{when.year}"

    def count(self, noun: str, count: Any) -> str:
        """'2 questions wait …': the number and its noun."""
        return f"{self.number(count)} {self.many(noun, count)}"

    def people(self, count: Any) -> str:
        """'1.234 jiwa' or '1,234 people'."""
        return f"{self.number(count)}{NBSP}{self.many('people', count)}"

    def villages(self, count: Any) -> str:
        """'12 desa' or '12 villages'."""
        return f"{self.number(count)}{NBSP}{self.many('village', count)}"

    def many(self, noun: str, count: Any) -> str:
        """The noun as it stands after `count`: village or villages."""
        one, more = self._sentences[f"one_{noun}"], self._sentences[f"many_{noun}"]
        return (one if not is_empty(count) and _half_up(float(count), 0) == 1 else more)[self._place]


def is_empty(value: Any) -> bool:
    """True for None, NA, NaN and empty text."""
    if value is None or value == "":
        return True
    try:
        return bool(math.isnan(value))
    except TypeError:
        return str(value) in ("<NA>", "NaT")


def _half_up(value: float, digits: int) -> float:
    """Rounded as people round, 0,5 upwards, where Python's format would round half to even."""
    scale = 10.0**digits
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value)


def _digits_for_three(figure: float) -> int:
    if abs(figure) >= 99.95:
        return 0
    return 1 if abs(figure) >= 9.995 else 2
