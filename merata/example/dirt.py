"""The dirt of office files, declared once, and where the worked example has put it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

#: Kind of dirt -> what it is. Every kind is in the files of every made-up region.
DIRT = {
    "title rows": "title and blank rows above the header",
    "two-row header": "a header in two rows, with merged cells over several columns",
    "numbering row": "a row (1), (2), (3) … below the header",
    "total row": "a JUMLAH row among the data",
    "number as text": "a number typed as text, 1.234",
    "non-breaking space": "a non-breaking space in a cell",
    "blank mark": "'-' or 'n/a' where nothing is known",
    "misspelt village": "a village spelt otherwise than officially",
    "prefixed village": "Ds., Desa, Kec. or Kel. before a name",
    "code as number": "a code that a spreadsheet has made a number of",
    "sheet without data": "a sheet of notes",
    "old district": "a district that has since been split",
    "windows-1252": "a CSV in Windows-1252 with semicolons",
    "decimal comma": "a coordinate with a comma",
    "degrees minutes seconds": "a coordinate in degrees, minutes and seconds",
    "swapped coordinates": "latitude and longitude swapped",
    "lost minus": "a southern latitude without its minus sign",
    "utm": "a coordinate in metres of UTM zone 50S",
    "no coordinates": "a place without usable coordinates",
    "one-column coordinates": "both coordinates in one column",
    "date in words": "a date like 15 Mei 2025",
    "date as serial": "a date as a spreadsheet's number",
    "amount in words": "an amount like Rp 1.500.000.000,-",
    "invalid ring": "a polygon whose ring crosses itself",
    "village in two rows": "one village in two rows of a layer",
    "overlap": "two villages that overlap a little",
    "z values": "a layer with heights that mean nothing",
    "other projection": "a layer in another projection than degrees",
    "void": "terrain without a height",
}


@dataclass(frozen=True)
class Dirty:
    """One place of dirt. `row` counts as the file's own program counts; 0 is the whole file or sheet."""

    kind: str
    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    truth: str = ""
    """What should be understood there, in short."""


@dataclass
class DirtList:
    """What has been put where, and the dice that decide it."""

    rng: np.random.Generator
    places: list[Dirty] = field(default_factory=list)

    def note(self, kind: str, file: str, **where: object) -> None:
        """Remember a place of dirt."""
        if kind not in DIRT:
            raise KeyError(kind)
        self.places.append(Dirty(kind, file, **where))  # type: ignore[arg-type]

    def some(self, count: int, share: float, least: int = 1) -> Iterator[int]:
        """Positions out of `count`, about `share` of them and at least `least`, in order."""
        wanted = min(count, max(least, round(share * count)))
        yield from sorted(int(k) for k in self.rng.choice(count, wanted, replace=False))


def misspell(name: str, rng: np.random.Generator) -> str:
    """The name as a clerk in a hurry has it: never the same, folded to letters, as before."""
    options = []
    if "q" in name:
        options.append(name.replace("q", "k"))
    for a, b in pairwise(name):
        if a == b and a.isalpha():
            options.append(name.replace(a + b, a, 1))
    if "'" in name:
        options.append(name.replace("'", ""))
    if " " in name:
        options.append(name.replace(" ", "", 1))
    middle = [
        k for k in range(2, len(name) - 1) if name[k] in "lmnrst" and name[k - 1] != name[k] != name[k + 1]
    ]
    if middle:
        k = middle[int(rng.integers(len(middle)))]
        options.append(name[:k] + name[k] + name[k:])
    if not options:
        options.append(name + name[-1])
    return options[int(rng.integers(len(options)))]


def dms(degrees: float, north: bool) -> str:
    """Degrees as 0°25'12.5" LS or 117°02'11.0" BT."""
    tenths = round(abs(degrees) * 36000)
    whole, rest = divmod(tenths, 36000)
    minutes, seconds = divmod(rest, 600)
    side = ("LU" if degrees >= 0 else "LS") if north else "BT"
    return f"{whole}°{minutes:02d}'{seconds / 10:04.1f}\" {side}"


def rupiah(amount: int) -> str:
    """Rp 1.500.000.000,- ."""
    return f"Rp {amount:,d},-".replace(",-", "#").replace(",", ".").replace("#", ",-")


def dotted(number: int) -> str:
    """1.234 ."""
    return f"{number:,d}".replace(",", ".")


_MONTHS = (
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
)


def date_words(day: int, month: int, year: int) -> str:
    """15 Mei 2025."""
    return f"{day} {_MONTHS[month - 1]} {year}"


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, their cells by name."""
    return iter(table.itertuples())
