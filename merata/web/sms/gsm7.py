"""The letters of SMS (3GPP TS 23.038): a text in them, and how much room it takes."""

from __future__ import annotations

import unicodedata

#: Septets of one message.
ROOM = 160
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO = frozenset("\f^{}\\[~]|€")
_ALIKE = {
    "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "·": "-", "`": "'", "´": "'",
    "ʼ": "'", "×": "x", "\t": " ",
}  # fmt: skip


def septets(text: str) -> int:
    """How much room a text takes; text that has other letters takes none that could be told.

    Raises
    ------
    ValueError
        A letter is none of SMS's.
    """
    if strange := set(text) - _BASIC - _TWO:
        raise ValueError(f"No letters of SMS: {' '.join(sorted(strange))}")
    return sum(2 if letter in _TWO else 1 for letter in text)


def plain(text: str) -> str:
    """A text in letters of SMS, on one line: accents that it has not are left out, other letters become '?'."""
    return "".join(map(_plain, " ".join(text.split())))


def cut(text: str, room: int = ROOM) -> str:
    """The beginning of a text in letters of SMS that fits."""
    while septets(text) > room:
        text = text[:-1]
    return text


def _plain(letter: str) -> str:
    if letter in _BASIC or letter in _TWO:
        return letter
    if letter in _ALIKE:
        return _ALIKE[letter]
    bare = unicodedata.normalize("NFKD", letter)
    kept = "".join(one for one in bare if one in _BASIC or one in _TWO)
    return kept or ("" if unicodedata.combining(letter) else "?")
