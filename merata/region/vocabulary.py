"""The header words of all declared tables, folded so that a header cell finds what it may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from merata.region.tables import TABLES, VILLAGE_CODE
from merata.region.values import fold

#: Table of a target that places a row (see `records.GIVEN`) or counts rows, instead of a declared table.
PLACE = ""
NUMBERING = "number"
AS_OF = "as_of"

_EXPANSIONS = {
    "kel": "kelurahan", "kec": "kecamatan", "kab": "kabupaten", "jml": "jumlah", "jlh": "jumlah", "jmlh": "jumlah",
    "ds": "desa", "pddk": "penduduk", "penddk": "penduduk", "pend": "penduduk", "kt": "kota", "ket": "keterangan",
    "thn": "tahun", "th": "tahun", "tgl": "tanggal", "hp": "hp", "handphone": "hp", "ponsel": "hp", "long": "longitude",
    "lat": "latitude", "lon": "longitude", "lng": "longitude", "total": "jumlah", "banyaknya": "jumlah",
}  # fmt: skip
_WHOLE_OF_PARTS = {"l p", "lk pr", "l dan p"}
_PARTS = {"l", "p", "lk", "pr", "laki laki", "perempuan", "pria", "wanita", "men", "women", "male", "female"}
#: Words that may be left out of the header of a number.
_FILLERS = {"jumlah", "of", "number", "data"}
_NAMES = {"nama", "name"}
_FUZZY_SCORE, _FUZZY_LENGTH = 90, 6

PLACE_HEADERS: dict[str, tuple[str, ...]] = {
    "given_code": VILLAGE_CODE.headers,
    # Districts in rows of their own above their villages share the column: 'Kecamatan/Desa'.
    "given_village": (
        *(h for h in TABLES["villages"].column("name").headers if h not in _NAMES),
        "kecamatan desa",
    ),
    "given_district": TABLES["villages"].column("district").headers,
    "given_x": (
        "bujur", "longitude", "x", "easting", "bujur timur", "koordinat x", "longitude x", "x longitude", "bt",
        "x bujur", "koordinat bujur", "koordinat longitude", "bujur x", "titik koordinat bujur", "given_x",
        "utm x", "utm timur", "x coordinate", "utm easting",
    ),
    "given_y": (
        "lintang", "latitude", "y", "northing", "lintang selatan", "koordinat y", "latitude y", "y latitude", "ls",
        "lu", "y lintang", "koordinat lintang", "koordinat latitude", "lintang y", "titik koordinat lintang",
        "given_y", "utm y", "utm utara", "lintang utara", "y coordinate", "utm northing",
    ),
    "given_xy": (
        "koordinat", "titik koordinat", "coordinates", "coordinate", "koordinat lokasi", "lat long", "latlong",
        "latlng", "lintang bujur", "koordinat gps", "gps", "latitude longitude", "longitude latitude",
        "bujur lintang", "given_xy", "lokasi koordinat", "posisi gps", "titik gps",
    ),
    NUMBERING: ("no", "nomor", "no urut", "nomor urut", "number", "nr", "urut", "no."),
    AS_OF: ("tanggal", "date", "as of", "as_of", "per tanggal", "tanggal data", "keadaan", "tanggal laporan"),
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Target:
    """What a header may stand for: a column of a declared table, or (table `PLACE`) words that place a row."""

    table: str
    column: str


@dataclass(frozen=True)
class Match:
    """What a header may stand for, and how surely: 0 word for word … 4 misspelt."""

    rank: int
    targets: frozenset[Target]


_NOTHING = Match(9, frozenset())


def key_of(text: str) -> str:
    """The words of a header in a form in which order, case, marks and common abbreviations don't count."""
    words = fold(text)
    if words in _WHOLE_OF_PARTS:
        return "jumlah"
    return " ".join(sorted({_EXPANSIONS.get(word, word) for word in words.split()}))


def _index() -> dict[str, frozenset[Target]]:
    found: dict[str, set[Target]] = {}
    for column, headers in PLACE_HEADERS.items():
        for header in headers:
            found.setdefault(key_of(header), set()).add(Target(PLACE, column))
    for table in TABLES.values():
        for declared in table.columns:
            if declared.name in ("id", "village_code"):
                continue
            for header in (declared.name, *declared.headers):
                found.setdefault(key_of(header), set()).add(Target(table.name, declared.name))
    return {key: frozenset(targets) for key, targets in found.items()}


_INDEX = _index()
_KEYS = sorted(_INDEX)


@lru_cache(maxsize=50_000)
def is_header_word(text: str) -> bool:
    """Whether a cell holds, word for word, what a header of any declared table may say."""
    return any(key in _INDEX for key in _keys(text))


def match_header(parts: Sequence[str]) -> Match:
    """What a header cell, or several above each other (`Jumlah`, `KK`), may stand for; the surest reading only.

    `parts` go from the top row to the bottom one. Units in brackets and years count only where the declared header
    has them. A lower part counts alone when the whole says nothing, an upper part never does: `Penduduk` above `L`
    isn't the number of people.
    """
    return _match(tuple(parts))


@lru_cache(maxsize=10_000)
def _match(parts: tuple[str, ...]) -> Match:
    if not any(fold(part) for part in parts):
        return _NOTHING
    if len(parts) > 1 and fold(parts[-1]) in _WHOLE_OF_PARTS:
        parts = (*parts[:-1], "jumlah")
    for rank, keys in enumerate(_readings(parts)):
        targets = _targets(keys)
        if targets:
            return Match(rank, targets)
    if fold(parts[-1]) in _PARTS:
        return _NOTHING
    fuller = _without_fillers(" ".join(parts))
    if fuller:
        return Match(3, fuller)
    return _misspelt(key_of(_without_brackets(" ".join(parts))))


def _targets(keys: Iterable[str]) -> frozenset[Target]:
    return frozenset(target for key in keys for target in _INDEX.get(key, ()))


def _readings(parts: tuple[str, ...]) -> Iterable[list[str]]:
    """Keys to look up, the surest first: all parts, then without units and years, then the lowest part alone."""
    whole = " ".join(parts)
    yield [key_of(whole)]
    yield _keys(whole)[1:]
    yield _keys(parts[-1]) if len(parts) > 1 and fold(parts[-1]) not in _PARTS else []


def _keys(text: str) -> list[str]:
    plain = _without_brackets(text)
    keys = [key_of(text), key_of(plain), key_of(_without_years(plain)), key_of(_without_years(text))]
    return [key for key in dict.fromkeys(keys) if key]


def _without_brackets(text: str) -> str:
    return re.sub(r"[(\[{][^)\]}]*[)\]}]?", " ", text)


def _without_years(text: str) -> str:
    return re.sub(r"\b(tahun|thn|th|year)?\.?\s*(19|20)\d{2}\b", " ", text, flags=re.IGNORECASE)


def year_in(text: str) -> int | None:
    """The one year that a header or title names, or None."""
    years = years_in(text)
    return years.pop() if len(years) == 1 else None


def years_in(text: str) -> set[int]:
    """The years, 1900 to 2099, that a text names."""
    return {int(year) for year in re.findall(r"(?<![\d.,])(?:19|20)\d{2}(?![\d.,]\d|\d)", text)}


def _without_fillers(text: str) -> frozenset[Target]:
    """Targets with numbers that a header names with more filler words than declared, or with fewer."""
    words = set(key_of(_without_years(_without_brackets(text))).split()) - _FILLERS
    keys = (" ".join(sorted(words)), " ".join(sorted(words | {"jumlah"})))
    targets = _targets(keys)
    return frozenset(t for t in targets if t.table and _is_number(t))


def _is_number(target: Target) -> bool:
    return TABLES[target.table].column(target.column).kind in ("int", "float", "idr")


def _misspelt(key: str) -> Match:
    """The declared header that a misspelt one must mean; nothing when it is short or may mean two things."""
    if len(key) < _FUZZY_LENGTH:
        return _NOTHING
    scores = sorted(((fuzz.ratio(key, known), known) for known in _KEYS), reverse=True)
    best, word = scores[0]
    if key == f"{word}s":  # `villages` counts villages, `village` names one
        return _NOTHING
    if best < _FUZZY_SCORE or len(word) < _FUZZY_LENGTH:
        return _NOTHING
    rivals = [known for score, known in scores[1:] if score >= best - 3]
    if any(not _INDEX[known] & _INDEX[word] for known in rivals):
        return _NOTHING
    return Match(4, _INDEX[word])
