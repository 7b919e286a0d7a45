"""Folds the many spellings of a village's name into one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Words before a name that say what kind of place it is.
PREFIXES = frozenset(
    (
        "ds",
        "desa",
        "kel",
        "kelurahan",
        "kec",
        "kecamatan",
        "kp",
        "kmp",
        "kpg",
        "kampung",
        "kampong",
        "distrik",
    )
)

#: Words that offices shorten, and old spellings of them.
SHORT = {
    "sei": "sungai", "sungei": "sungai", "sgi": "sungai", "ma": "muara", "tj": "tanjung", "tjg": "tanjung",
    "tg": "tanjung", "tanjong": "tanjung", "gn": "gunung", "gng": "gunung", "tl": "teluk", "tlk": "teluk",
    "lg": "long", "pl": "pulau", "bkt": "bukit", "sbr": "seberang", "moderen": "modern", "kmbg": "kembang",
}  # fmt: skip

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_ROMAN_VALUE = {word: str(value) for value, word in enumerate(_ROMAN, start=1)}
_SPELLINGS = (
    ("oe", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("nj", "ny"),
    ("q", "k"),
    ("bh", "b"),
    ("dh", "d"),
    ("th", "t"),
)
_QUOTES = frozenset("'`´’‘ʼʻ\"")
_MOST_LETTERS = 200


@lru_cache(maxsize=65_536)
def fold(name: str) -> str:
    """A name without what offices write in many ways: kind of place, case, accents, spaces, q/k, doubled letters.

    >>> fold("Ds. Sallo' Cela") == fold("SALO CELLA")
    True
    >>> fold("Separi I"), fold("Separi 2")
    ('separi1', 'separi2')

    Numbers stay apart, Roman or not. Old spellings become new ones (oe, dj, tj).
    """
    words = name_words(name)
    spelt = [_number(word) if at else word for at, word in enumerate(words)]
    if len(words) > 1:
        spelt = [SHORT.get(word, word) for word in spelt]
    return re.sub(r"([a-z])\1+", r"\1", "".join(map(_modern, spelt)))


@lru_cache(maxsize=65_536)
def plain(name: str) -> str:
    """A name in lower case without its kind of place: what counts as written alike."""
    return " ".join(name_words(name))


@lru_cache(maxsize=65_536)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without accents, quotes and the kind of place."""
    words = all_words(name)
    while len(words) > 1 and words[0] in PREFIXES:
        words = words[1:]
    if len(words) > 1 and re.search(r"\((ds|desa|kel|kelurahan)\.?\)\s*$", name.casefold()):
        words = words[:-1]
    return tuple(words)


def all_words(name: str) -> list[str]:
    """The words of a name in lower case, without accents and quotes."""
    text = unicodedata.normalize("NFKD", name[:_MOST_LETTERS]).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c) and c not in _QUOTES)
    return re.findall(r"[^\W_]+", text)


def numbers_in(folded: str) -> str:
    """The numbers of a folded name, which no guess may change."""
    return "/".join(re.findall(r"\d+", folded))


def _number(word: str) -> str:
    return _ROMAN_VALUE.get(word) or ((word.lstrip("0") or "0") if word.isdecimal() else word)


def _modern(word: str) -> str:
    for old, new in _SPELLINGS:
        word = word.replace(old, new)
    return word
