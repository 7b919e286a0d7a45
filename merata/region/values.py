"""Turns one cell, as offices write it, into a number, date, code, choice or blank."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from merata.region.spreadsheets import Cell
from merata.region.tables import Column

#: How a column writes numbers: `id` 1.234,5; `en` 1,234.5; `whole`: both marks separate thousands.
NumberStyle = Literal["id", "en", "whole"]

_BLANKS = {
    "", "-", "--", "---", "–", "—", ".", "..", "...", "…", "?", "/", "n/a", "na", "n.a", "n.a.", "#n/a", "nan", "null",
    "tidak ada data", "belum ada data", "data tidak ada", "no data", "tad", "t.a.d", "kosong", "(blank)",
    "tidak diketahui", "tidak tahu", "unknown", "nd",
}  # fmt: skip
_LONGEST_BLANK = 60  # with the spaces around it
_ZEROS = {"nihil", "tidak ada", "nol", "zero"}
_SCALES = {
    "rb": 1_000, "ribu": 1_000, "thousand": 1_000, "jt": 1_000_000, "juta": 1_000_000, "million": 1_000_000,
    "miliar": 1_000_000_000, "milyar": 1_000_000_000, "billion": 1_000_000_000, "triliun": 1_000_000_000_000,
    "trilyun": 1_000_000_000_000, "trillion": 1_000_000_000_000,
}  # fmt: skip
_UNITS = {
    "jiwa", "orang", "people", "kk", "rt", "rumah", "unit", "buah", "m", "meter", "mtr", "mdpl", "km", "km2", "km²",
    "ha", "mbps", "mbit/s", "mb/s", "ms", "dbm", "dbi", "mhz", "jam", "jam/hari", "hours", "h", "siswa", "murid",
    "rupiah", "household", "households", "persons", "hari",
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari pebruari february feb peb", "maret march mar mrt", "april apr",
            "mei may", "juni june jun", "juli july jul", "agustus august agu agt aug ags agust",
            "september sep sept", "oktober october okt oct", "november nopember nov nop", "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NUMBER = re.compile(r"^([-+]?)(\d[\d.,' ]*|[.,]\d+)$")
_GROUPS = {mark: re.compile(rf"^\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+$") for mark in "., '"}
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000


def fold(text: object) -> str:
    """Text for comparing: lower case, without accents, marks and repeated spaces.

    `'Désa / Kelurahan'` and `'desa_kelurahan'` both fold to `'desa kelurahan'`.
    """
    return _fold(str(text))


@lru_cache(maxsize=1 << 16)
def _fold(text: str) -> str:
    # Remembered: a column's words come again and again, and every sheet is held against every table's headers.
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def tidy(cell: Cell) -> str:
    """A cell as text: non-breaking and repeated spaces become one, ends are cut; '' for an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return _tidy_text(str(cell))


@lru_cache(maxsize=100_000)
def _tidy_text(text: str) -> str:
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: empty, `-`, `n/a`, `tidak ada data`, `…`. Zero says something."""
    if cell is None or isinstance(cell, (int, float, dt.date)):
        return cell is None
    return len(cell) < _LONGEST_BLANK and tidy(cell).casefold() in _BLANKS


def number_style(cells: Iterable[Cell]) -> NumberStyle | None:
    """How a column writes its numbers, from the cells that can be read in one way only; None: they don't tell.

    `1.234,5`, `1.234.567`, `1,5` and `0,125` are written the Indonesian way; `1,234.5`, `1,234,567`, `1.5` and
    `0.125` the English way; `1.234` and `1,234` tell nothing.
    """
    votes = {"id": 0, "en": 0}
    for cell in cells:
        if isinstance(cell, str) and (vote := _vote_of(cell)):
            votes[vote] += 1
    if votes["id"] == votes["en"]:
        return None
    return "id" if votes["id"] > votes["en"] else "en"


@lru_cache(maxsize=100_000)
def _vote_of(text: str) -> NumberStyle | None:
    return _vote(_bare(text)[1]) if "," in text or "." in text else None


def is_ambiguous(cell: Cell) -> bool:
    """Whether a cell, like `1.234`, is a thousand or so in one style and one or so in the other."""
    if not isinstance(cell, str):
        return False
    if len(cell) < 5 or not ("," in cell or "." in cell):
        return False
    return bool(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", _bare(cell)[1]))


def parse_number(cell: Cell, style: NumberStyle = "id") -> float | None:
    """The number in a cell, or None when it is blank or no number.

    Takes thousands marks and decimal marks of both styles, `Rp 1.500.000,-`, `1,5 juta`, `35 m`, `45 %` (0.45),
    `(1.200)` (below zero) and `nihil` (0). `style` decides only what the cell itself leaves open (`is_ambiguous`).
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, dt.date):
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    return _parse_text(cell, style)


@lru_cache(maxsize=100_000)
def _parse_text(cell: str, style: NumberStyle) -> float | None:
    if cell.isascii() and cell.isdigit():
        return float(cell)
    if is_blank(cell):
        return None
    if fold(cell) in _ZEROS:
        return 0.0
    sign, digits, scale = _bare(cell)
    value = _unmarked(digits, style)
    return None if value is None else float(sign * value * Decimal(str(scale)))


def _bare(cell: str) -> tuple[int, str, float]:
    """Sign, digits with their marks, and what they are to be multiplied with; no digits when it is no number."""
    text = tidy(cell).casefold().replace("−", "-").replace("–", "-")
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1].strip()
    text = re.sub(r"^(rp|idr)\.?\s*", "", text)
    text = re.sub(r"(,|\.)\s?-+$", "", text)
    text, scale = _without_unit(text)
    match = _NUMBER.match(text)
    if not match:
        return sign, "", scale
    return (-sign if match[1] == "-" else sign), match[2].strip(), scale


def _without_unit(text: str) -> tuple[str, float]:
    scale = 1.0
    if text.endswith("%"):
        return text[:-1].strip(), 0.01
    for _ in range(2):
        match = re.search(r"(?<=[\d ,.])\s*([a-z][a-z/²]*[2²]?)\.?$", text)
        if not match or match[1] not in _UNITS | _SCALES.keys() | {"rp", "idr"}:
            break
        scale *= _SCALES.get(match[1], 1)
        text = text[: match.start()].strip()
    return text, scale


def _vote(digits: str) -> NumberStyle | None:
    """Which style a number gives away, if any."""
    marks = [c for c in digits if c in ".,"]
    if not marks or re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        return None
    if len(set(marks)) == 2:
        return "id" if marks[-1] == "," else "en"
    if len(marks) > 1:
        return "id" if marks[0] == "." else "en"
    return "id" if marks[0] == "," else "en"


def _unmarked(digits: str, style: NumberStyle) -> Decimal | None:
    """The value of digits with marks; None when the marks stand where no style puts them."""
    for space in " '":
        whole = re.split(r"[.,]", digits)[0]
        if space in digits:
            if not _GROUPS[space].match(whole):
                return None
            digits = digits.replace(space, "")
    own = _vote(digits)
    style = own or style
    if style == "whole" or not any(c in ".," for c in digits):
        return _decimal(re.sub("[.,]", "", digits))
    thousands, point = (".", ",") if style == "id" else (",", ".")
    whole, mark, part = digits.partition(point)
    if mark and (not part.isdigit()):
        return None
    if thousands in whole:
        if not _GROUPS[thousands].match(whole):
            return None
        whole = whole.replace(thousands, "")
    return _decimal(f"{whole or 0}.{part or 0}")


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def parse_date(cell: Cell) -> dt.date | None:
    """The date in a cell, or None.

    Takes `15 Mei 2025`, `15-05-2025`, `15/5/25`, `2025-05-15`, `May 15, 2025`, `Mei 2025` (its first day), dates
    with a time or a weekday, and Excel's day numbers from 1954 to 2119. Days stand before months, unless that can't be.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return _serial(float(cell))
    text = tidy(cell).casefold()
    if re.fullmatch(r"\d{5}([.,]\d+)?", text):
        return _serial(float(text.replace(",", ".")))
    found = _find_date(text)
    return found[0] if found and found[1] else None


def find_date(text: str) -> dt.date | None:
    """The first date written with a month's name, or as `2025-05-15` or `15/05/2025`, in a longer text; or None."""
    found = _find_date(tidy(text).casefold())
    return found[0] if found else None


def _serial(days: float) -> dt.date | None:
    if not _FIRST_SERIAL <= days < _LAST_SERIAL:
        return None
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(days))


_DAY = r"(?<![\d.,])(\d{1,2})(?:st|nd|rd|th)?"
_WRITTEN = (
    (re.compile(rf"{_DAY}[\s./-]*({_MONTH})\b\.?[\s,./-]*(\d{{4}}|\d{{2}})\b"), "dmy"),
    (re.compile(rf"\b({_MONTH})\.?\s*(\d{{1,2}})(?:st|nd|rd|th)?\s*,\s*(\d{{4}})\b"), "mdy"),
    (re.compile(rf"\b({_MONTH})\b\.?[\s,./-]*(\d{{4}})\b"), "my"),
    (re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(?<![\d.,])(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?![\d.,/-])"), "dmy"),
)
#: What may stand before and after a date in a cell that is a date.
_AROUND = re.compile(
    r"^(?:(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|\w+day)\s*,?|tgl\.?|tanggal|per)?\s*"
    r"DATE(?:[t ,]*(?:pukul)?\s*\d{1,2}[:.]\d{2}.*)?$"
)


def _find_date(text: str) -> tuple[dt.date, bool] | None:
    """A date in a text, and whether the text is nothing else."""
    for pattern, order in _WRITTEN:
        match = pattern.search(text)
        if not match:
            continue
        parts = dict(zip(order, match.groups(), strict=True))
        date = _make_date(parts["y"], parts["m"], parts.get("d", "1"))
        if date:
            around = f"{text[: match.start()]}DATE{text[match.end() :]}"
            return date, bool(_AROUND.match(around.strip()))
    return None


def _make_date(year: str, month: str, day: str) -> dt.date | None:
    y = int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 70 else 1900 + int(year)
    m, d = _MONTHS.get(month) or int(month), int(day)
    if m > 12 >= d and month.isdigit():
        m, d = d, m
    try:
        return dt.date(y, m, d)
    except ValueError:
        return None


def parse_code(cell: Cell) -> str | None:
    """An official code in its canonical form, or None: village `64.02.01.2001`, district `64.02.01`, regency `64.02`.

    Takes `64.02.01.2001`, `6402012001` as text, integer, float or in scientific notation with all its digits, and
    with apostrophes or spaces. Village codes of the statistics office, which have ten digits too, come out in the
    same form. A code whose last digits a spreadsheet has rounded away (`6.40201E+09`) is none.
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, dt.date):
        return None
    text = tidy(cell).strip("'’`\"").replace(" ", "").rstrip(".").replace(",", ".")
    if re.fullmatch(r"\d\.\d+[eE]\+?\d+", text):
        text = _from_scientific(text)
    text = re.sub(r"^(\d{4,10})\.0+$", r"\1", text)
    parts = re.split(r"[.\-/]", text)
    if not all(part.isdigit() and part.isascii() for part in parts):
        return None
    digits = "".join(parts)
    if len(parts) > 1 and len(digits) not in (4, 6, 10):
        digits = _padded(parts)
    if len(digits) not in (4, 6, 10) or not "11" <= digits[:2] <= "99":
        return None
    pieces = (digits[:2], digits[2:4], digits[4:6], digits[6:10])
    if pieces[3] == "0000":
        return None
    return ".".join(piece for piece in pieces if piece)


def _from_scientific(text: str) -> str:
    mantissa, _, power = re.split(r"([eE]\+?)", text)
    if int(power) > 12 or len(mantissa) - 1 < 9:
        return ""
    return str(int(Decimal(mantissa).scaleb(int(power))))


def _padded(parts: list[str]) -> str:
    """Digits of a code whose zeros a spreadsheet has eaten: 64.2.1.2001; the number 64.1, which was 64.10."""
    if len(parts) == 2 and len(parts[1]) == 1:
        return parts[0] + parts[1] + "0"
    widths = (2, 2, 2, 4)
    if len(parts) > 4 or any(len(part) > width for part, width in zip(parts, widths, strict=False)):
        return ""
    return "".join(part.zfill(width) for part, width in zip(parts, widths, strict=False))


def parse_choice(cell: Cell, column: Column) -> str | None:
    """Which of the column's choices a cell means, or None.

    Case, marks and spaces don't count. The kind of a facility is also told by its name: `SD Negeri 003 Foo` is a
    school. Elsewhere a choice may be followed only by numbers and units: `PLN 24 jam`.
    """
    words = _words_of(column)
    text = fold(cell)
    if text in words:
        return words[text]
    tokens = re.sub(r"(?<=[a-z])(?=\d)", " ", text).split() if column.name == "kind" else text.split()
    for size in range(len(tokens), 0, -1):
        choice = words.get(" ".join(tokens[:size]))
        if choice and (column.name == "kind" or all(_is_filler(token) for token in tokens[size:])):
            return choice
    return _named_within(tokens, words) if column.name == "kind" else None


def _words_of(column: Column) -> dict[str, str]:
    words = {fold(choice): choice for choice in column.choices}
    return words | {fold(word): choice for word, choice in column.words.items()}


def _is_filler(token: str) -> bool:
    return token.isdigit() or token in {"jam", "hari", "hours", "day", "kwh", "va", "watt"}


def _named_within(tokens: list[str], words: dict[str, str]) -> str | None:
    """The one choice that long words anywhere in a name tell (`UPT Puskesmas Foo`); None when they tell several."""
    found = {
        words[word]
        for size in (1, 2, 3)
        for start in range(len(tokens) - size + 1)
        if len(word := " ".join(tokens[start : start + size])) >= 5 and word in words
    }
    return found.pop() if len(found) == 1 else None
