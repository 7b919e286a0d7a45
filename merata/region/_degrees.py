"""Reads one written coordinate: decimal degrees, degrees-minutes-seconds, metres, in the ways people type them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Axis = Literal["lat", "lon", ""]

_HEMISPHERE: dict[str, tuple[Axis, int]] = {
    "lintang selatan": ("lat", -1), "lintang utara": ("lat", 1), "bujur timur": ("lon", 1), "bujur barat": ("lon", -1),
    "selatan": ("lat", -1), "utara": ("lat", 1), "timur": ("lon", 1), "barat": ("lon", -1),
    "south": ("lat", -1), "north": ("lat", 1), "east": ("lon", 1), "west": ("lon", -1),
    "ls": ("lat", -1), "lu": ("lat", 1), "bt": ("lon", 1), "bb": ("lon", -1),
    "s": ("lat", -1), "n": ("lat", 1), "u": ("lat", 1),
    "e": ("lon", 1), "t": ("lon", 1), "w": ("lon", -1), "b": ("lon", -1),
}  # fmt: skip
HEMISPHERE = re.compile(rf"(?<![a-z])({'|'.join(_HEMISPHERE)})(?![a-z])\.?")
_UNIT_WORDS = re.compile(
    r"(\d+)\s*(?:d|deg|derajat)\s*(\d+)\s*(?:m|min|menit)\s*([\d.,]+)\s*(?:s|sec|detik)(?![a-z])"
)
_EXPONENT = re.compile(r"(?<![\d.])\d(?:\.\d+)?e[-+]\d{1,2}(?!\d)")
_METRE_WORDS = re.compile(r"(?<=\d)\s*(?:m(?:eter)?\s*([entus])?|mdpl)(?![a-z])")
_LABELS = re.compile(
    r"(?<![a-z])(?:latitude|longitude|lintang|bujur|lat|long|lon|lng|x|y|koordinat|point|easting|northing|utm|wgs\s*84)"
    r"(?![a-z])"
)
_MARKS = str.maketrans(
    {"º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "″": '"', "”": '"', "“": '"',
     "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "：": ":"}
)  # fmt: skip
_NUMBER = r"\d+(?:[.,]\d+)?"
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(\D)\d{3})(?:\1\d{3})*(?:[.,]\d{1,2}|[.,]\d{4,})?")


@dataclass(frozen=True)
class Written:
    """What one written coordinate may mean."""

    degrees: tuple[float, ...] = ()
    metres: tuple[float, ...] = ()
    digits: str = ""
    """Its digits, when it is one number whose decimal mark may have been lost."""
    axis: Axis = ""
    """Which axis its letters name."""
    signed: bool = False
    """Whether it has a minus sign or a letter for its hemisphere."""
    negative: bool = False


def normal(text: str) -> str:
    """Text in lower case with one kind of minus, degree sign, quotes and spaces, and without labels like `Lat:`."""
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).casefold()
    text = text.replace("''", '"').replace("\\", " ")
    text = _EXPONENT.sub(lambda m: f"{float(m[0]):.9f}", text)
    text = _UNIT_WORDS.sub(r"\1 \2 \3 ", text)
    text = re.sub(r"(?<![a-z])(?:l|b)\.\s*(?=[sutb](?![a-z]))", lambda m: m[0][0], text)
    text = HEMISPHERE.sub(lambda m: f" {m[1]} ", text) if HEMISPHERE.search(text) else text
    text = _LABELS.sub(" ", text)
    return " ".join(text.replace("=", " ").split())


def read_axis(text: str) -> Written:
    """One coordinate of text that `normal` has been through; an empty `Written` when it is none."""
    text = _METRE_WORDS.sub(lambda m: f" {m[1] or ''} ", text)
    axis, sign, text = _hemisphere(text)
    text = text.strip(" :;()[]")
    if text.startswith(("-", "+")):
        sign, text = (-1 if text[0] == "-" else sign or 1), text[1:]
    core = re.sub(r"[°'\":]", " ", text)
    core = " ".join(re.sub(r"(?<=\d)\s*-\s*(?=\d)", " ", core).split())
    flip = -1 if sign == -1 else 1
    degrees, metres = _degrees(core), _metres(core)
    if not degrees and not metres:
        return Written()
    digits = re.sub(r"\D", "", core) if re.fullmatch(r"\d+(?:\.\d{3})*|\d+(?:,\d{3})*", core) else ""
    return Written(
        tuple(flip * value for value in degrees),
        tuple(flip * value for value in metres),
        digits,
        axis,
        sign != 0,
        sign == -1,
    )


def _hemisphere(text: str) -> tuple[Axis, int, str]:
    """The axis and sign that a letter names, and the text without it; two letters that differ name none."""
    letters = {_HEMISPHERE[m[1]] for m in HEMISPHERE.finditer(text)}
    axis, sign = letters.pop() if len(letters) == 1 else ("", 0)
    return axis, sign, HEMISPHERE.sub(" ", text).strip()


def _degrees(core: str) -> tuple[float, ...]:
    parts = core.split()
    if len(parts) == 1 and re.fullmatch(r"\d{1,3}\.\d{1,2}\.\d{1,2}(?:[.,]\d+)?", core):
        parts = core.split(".", 2)  # 116.59.30,5
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(_NUMBER, part) for part in parts):
        return ()
    values = [float(part.replace(",", ".")) for part in parts]
    if any(value >= 60.0001 for value in values[1:]) or any(value % 1 for value in values[:-1]):
        return ()
    total = sum(value / 60**place for place, value in enumerate(values))
    return (total,) if total <= 180 else ()


def _metres(core: str) -> tuple[float, ...]:
    """The number as metres: as it stands, and with its marks as separators of thousands."""
    found = []
    if re.fullmatch(_NUMBER, core) and (value := float(core.replace(",", "."))) > 360:
        found.append(value)
    if _GROUPED.fullmatch(core):
        mark = re.search(r"\D", core)
        whole = core.replace(mark[0], "") if mark else core
        found.append(float(whole.replace(",", ".")))
    if re.fullmatch(r"\d+([.,])\d{3}(?:\1\d{3})*(?!\1)[.,]\d+", core):
        whole, _, rest = core.replace(",", ".").rpartition(".")
        found.append(float(f"{whole.replace('.', '')}.{rest}"))
    return tuple(dict.fromkeys(found))
