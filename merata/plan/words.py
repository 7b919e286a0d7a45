"""Words of the plan in Indonesian and English: money, levels, kinds of places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from merata.plan.options import OPTIONS

Language = Literal["en", "id"]

_LEVELS = {"none": "tidak ada", "basic": "dasar", "working": "layak", "good": "baik"}
_KNOWN = {
    "measured": "diukur",
    "reported": "dilaporkan",
    "modelled": "dimodelkan",
    "assumed": "diasumsikan",
    "made up": "rekaan",
}
_KINDS = {
    "village office": "kantor desa",
    "district office": "kantor kecamatan",
    "school": "sekolah",
    "health post": "pos kesehatan",
    "market": "pasar",
    "small-business centre": "sentra UMKM",
    "creative hub": "rumah kreatif",
    "worship": "rumah ibadah",
    "other": "fasilitas lain",
    "people": "warga",
}
_SCALES = ((10**12, "trillion", "triliun"), (10**9, "billion", "miliar"), (10**6, "million", "juta"))


class Tell(Protocol):
    """A sentence by its key."""

    def __call__(self, key: str, language: Language, **facts: object) -> str:
        """The sentence `key` in the language, filled with `facts`."""


def teller(sentences: Mapping[str, tuple[str, str]]) -> Tell:
    """How to tell one of some sentences, each declared by its key as (English, Indonesian)."""

    def tell(key: str, language: Language, **facts: object) -> str:
        return in_language(sentences[key], language).format(**facts)

    return tell


def in_language(pair: tuple[str, str], language: Language) -> str:
    """One of (English, Indonesian)."""
    return pair[0 if language == "en" else 1]


def localized(number: str, language: Language) -> str:
    """A number that is written as in English, with the language's marks for decimals and thousands."""
    return number if language == "en" else number.translate(str.maketrans(",.", ".,"))


def money(amount_idr: int, language: Language) -> str:
    """An amount as people say it: 'Rp 30.5 million' or 'Rp30,5 juta'; exact where it is below a million."""
    sign = "-" if amount_idr < 0 else ""
    amount = abs(int(amount_idr))
    prefix = f"{sign}Rp " if language == "en" else f"{sign}Rp"
    for size, english, indonesian in _SCALES:
        # 999,999,999 is a billion, not a thousand million; 999,500,000 is 999.5 million.
        if amount >= 10**6 and amount + size // 2_000_000 >= size:
            number = _short(amount, size)
            return f"{prefix}{localized(number, language)} {in_language((english, indonesian), language)}"
    return prefix + localized(f"{amount:,}", language)


def _short(amount: int, size: int) -> str:
    """`amount` in units of `size` with at most three decimals, rounded half up in whole numbers."""
    thousandths = (amount * 1000 + size // 2) // size
    number = f"{thousandths / 1000:,.3f}"
    return number.rstrip("0").rstrip(".")


def level(name: str, language: Language) -> str:
    """A service level in the language."""
    return name if language == "en" else _LEVELS[name]


def known(name: str, language: Language) -> str:
    """How a number is known, in the language."""
    return name if language == "en" else _KNOWN.get(name, name)


def kind(name: str, language: Language) -> str:
    """A kind of place in the language."""
    return name if language == "en" else _KINDS.get(name, name)


def option(name: str, language: Language) -> str:
    """An option in the language."""
    return in_language(OPTIONS[name], language)


def count(number: float, language: Language) -> str:
    """A whole number with its thousands apart."""
    return localized(f"{round(number):,}", language)
