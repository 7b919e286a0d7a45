"""What an SMS asks: a report of a village, the state of one, yes or no, or nothing that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from merata.region.spelling import fold
from merata.web.public.names import Names, Place

_REPORT = ("lapor", "lapor!", "laporan", "lapr", "report")
_STATUS = ("status", "setatus", "stat", "kabar", "info")
_CONFIRM = ("benar", "betul", "bnr", "btl")
_WRONG = ("salah", "slh", "keliru", "koreksi", "wrong")
_YES = ("ya", "y", "iya", "yes", "sudah", "bisa", "ok", "oke")
_NO = ("tidak", "tdk", "t", "belum", "blm", "no", "gak", "nggak", "ndak", "enggak", "tak")
#: The first word, with the code stuck to it or behind a mark.
_STUCK = re.compile(r"^\s*([A-Za-z!]+)[\s#*:;,.]*(?=\d)")
_REFERENCE = re.compile(r"[LKT][2-9A-Z]{7}")
#: Words of a name at most.
_WORDS = 6

#: Kind of report -> words that mean it, the first that fits; what has none of them is broken.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("no password", re.compile(r"sandi|pas+wo?r?d|kata kunci|\bpin\b")),
    ("no power", re.compile(r"listrik|\bpln\b|genset|aki\b|panel surya")),
    ("slow", re.compile(r"lambat|lemot|lelet|pelan|lambt|\bslow|(tidak|kurang|tdk|krg) lancar|putus.?putus|buffering")),
    ("broken", re.compile(r"mati|putus|gangguan|rusak|hilang|(tidak|tdk|ndak) (bisa|ada)|tumbang")),
    ("request", re.compile(r"\bminta|\bmohon|\busul|\bkapan|\btolong pasang|\bpasang")),
    ("praise", re.compile(r"terima ?kasih|makasih|trims|bagus|lancar|mantap")),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a message asks."""

    what: str
    """report, wrong, status, confirm, yes, no or other."""
    place: Place | None = None
    rest: str = ""
    """What follows the village: the words of a report."""
    may_be: list[Place] = field(default_factory=list)
    """The villages that a name may mean, where it is not one."""
    reference: str = ""
    """The number of a report or case that it names."""

    @property
    def kind(self) -> str:
        """The kind of report, by its words."""
        said = self.rest.lower()
        return next((kind for kind, words in _KINDS if words.search(said)), "broken")


def understand(text: str, known: Names) -> Asked:
    """What a message asks, of the villages that are known."""
    words = _STUCK.sub(r"\1 ", text.replace("\0", "")).split()
    if not words:
        return Asked("other")
    first, rest = words[0].lower().strip(".,:;!?\"'"), words[1:]
    found = _REFERENCE.fullmatch(rest[0].upper()) if rest else None
    reference = found[0] if found else ""
    if first in _YES or first in _NO:
        return Asked("yes" if first in _YES else "no", reference=reference)
    if first in _STATUS and reference:
        return Asked("status", reference=reference)
    if first in _CONFIRM:
        return _of_village("confirm", rest, known)
    for what, said in (("report", _REPORT), ("wrong", _WRONG), ("status", _STATUS)):
        if first in said:
            return _of_village(what, rest, known)
    return Asked("other")


def _of_village(what: str, words: list[str], known: Names) -> Asked:
    place, used = _by_code(words, known)
    if place is None:
        may_be, used = _by_name(words, known)
        if len(may_be) != 1:
            return Asked(what, rest=" ".join(words), may_be=may_be)
        place = may_be[0]
    return Asked(what, place, " ".join(words[used:]).lstrip(" ,.:;-"))


def _by_code(words: list[str], known: Names) -> tuple[Place | None, int]:
    """The village whose code the first words are, with dots, without, or spoken in parts; and how many words."""
    codes = {re.sub(r"\D", "", code): place for code, place in known.places.items()}
    digits = ""
    for used, word in enumerate((word.strip("#*") for word in words[:_WORDS]), start=1):
        if not re.fullmatch(r"[\d.,:;\-/]+", word, re.ASCII):
            break
        digits += re.sub(r"\D", "", word)
        if digits in codes:
            return codes[digits], used
    return None, 0


def _by_name(words: list[str], known: Names) -> tuple[list[Place], int]:
    """The villages whose name the first words are, the longest name first; and how many words."""
    for used in range(min(_WORDS, len(words)), 0, -1):
        folded = fold(" ".join(words[:used]).strip(".,:;-"))
        if len(folded) < 3:
            continue
        found = [place for place in known.places.values() if place.folded == folded]
        if found:
            return found, used
    return [], 0
