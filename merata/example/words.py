"""Names for a made-up region: invented syllables that no real place or company is called by."""

from __future__ import annotations

import re

import numpy as np

#: Shown in titles and file names of everything that the worked example writes.
MARK = "CONTOH – DATA BUATAN / MADE-UP EXAMPLE"
#: The day on which the made-up offices hand their files over.
DATE = "2025-06-01"

#: Every stem has one of these, which names of places in Borneo hardly ever have.
_STRANGE = ("va", "ve", "vi", "vo", "vu", "za", "ze", "zi", "zo", "zu", "fe", "fi", "fo", "xa", "xe", "xo")
_PLAIN = (
    "ba", "be", "da", "do", "ga", "go", "ka", "ke", "la", "le", "li", "lo", "ma", "me", "mi", "na", "ne", "no",
    "pa", "ra", "re", "ri", "ro", "sa", "se", "ta", "te", "to", "ya", "wa",
)  # fmt: skip
_ENDS = ("n", "ng", "q", "k", "r", "s", "h", "l", "", "", "", "", "", "")

#: Real names of East Kalimantan and its neighbours, and of companies: nothing made up may be one or contain one.
REAL_PLACES = (
    "anggana", "balikpapan", "barong", "bengalon", "berau", "bontang", "borneo", "bulungan", "busang", "embalut",
    "enggelam", "jembayan", "jempang", "kahala", "kalimantan", "karangan", "kaubun", "kedang", "kelinjau",
    "kembang", "kenohan", "kombeng", "kutai", "kelay", "lesan", "linggang", "long", "loa", "mahakam", "malinau",
    "marang", "melak", "melintang", "muara", "muntai", "nunukan", "paser", "penajam", "perangat", "samarinda",
    "samboja", "sandaran", "sanga", "sangatta", "sangkulirang", "sebulu", "segah", "semayang", "sepaku", "tabang",
    "tanjung", "tarakan", "telen", "tenggarong", "vatu", "fatu", "wahau", "zazalo",
)  # fmt: skip
REAL_COMPANIES = (
    "axis", "axiata", "bakti", "bestcamp", "biznet", "byu", "comtelindo", "dayamitra", "firstmedia", "hutchison",
    "iconnet", "iconplus", "indihome", "indosat", "iforte", "kuiper", "lintasarta", "mitratel", "moratel",
    "myrepublic", "oneweb", "oxygen", "palapa", "protelindo", "sampoerna", "smartfren", "starlink", "telkom",
    "telkomsat", "telkomsel", "ubiqu", "vodafone", "xl", "zte",
)  # fmt: skip

#: The made-up networks: (name, network code under the test country code 999).
OPERATORS = (("Zuvasel Contoh", 1), ("Fexanet Contoh", 2), ("Vomirafon Contoh", 3))
FIBRE_OPERATOR = "Vezofiber Contoh"


def is_real(name: str) -> bool:
    """Whether `name`, folded, is or holds a word of the real names that are to be avoided."""
    words = re.sub(r"[^a-z ]", "", name.lower()).split()
    return any(word in REAL_PLACES or word in REAL_COMPANIES for word in words)


class Namer:
    """Gives out invented names, each once, always the same for the same generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def stem(self) -> str:
        """A new invented word of three syllables, like 'Zumera' or "Lovi'eq"."""
        while True:
            word = self._word()
            key = _fold(word)
            if key not in self._used and not is_real(word):
                self._used.add(key)
                return word

    def _word(self) -> str:
        rng = self._rng
        parts = [str(rng.choice(_PLAIN)), str(rng.choice(_PLAIN)), str(rng.choice(_STRANGE))]
        parts = [parts[k] for k in rng.permutation(3)]
        if rng.random() < 0.06:
            parts[2] = "'" + parts[2][1:]
        elif rng.random() < 0.10:
            parts[1] = parts[1][0] + parts[1]
        word = "".join(parts) + str(rng.choice(_ENDS))
        if not set(word) & set("vzfx"):
            return self._word()
        return word.capitalize()


def _fold(word: str) -> str:
    """Spellings that a clerk may take for one another become one: two stems never differ by less."""
    word = re.sub(r"[^a-z]", "", word.lower()).replace("q", "k")
    return re.sub(r"(.)\1", r"\1", word)
