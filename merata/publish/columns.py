"""The columns of plan.xlsx that several sheets share, declared as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from merata.publish.words import Tongue

Kind = Literal["text", "int", "decimal", "idr", "share", "percent", "year", "degrees", "fill"]
"""How a column is written; `fill`: cells that somebody else writes money into."""


@dataclass(frozen=True)
class Column:
    """A column: its name in the table, its head in both languages, what it means, how it is written."""

    name: str
    head_id: str
    head_en: str
    kind: Kind = "text"
    width: int = 12
    about_id: str = ""
    about_en: str = ""
    group: str = ""
    """Group of words.CHOICES whose words, both languages, stand for its values."""


@dataclass(frozen=True)
class Kinded:
    """A value of another kind than its column's, as the summary has."""

    value: Any
    kind: Kind


@dataclass(frozen=True)
class Formula:
    """What the sheet reckons itself: `{row}` in the text is its own row; `value` is for who does not reckon."""

    text: str
    value: Any = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: name, columns, rows in their order, and which columns are added up under them."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[str] = ()
    frozen: int = 1
    filters: bool = True
    note: tuple[str, str] = ("", "")
    """Said over the table, in Indonesian and English; empty: nothing."""


_ID, _EN = Tongue("id"), Tongue("en")


def sheet_of(
    name: str,
    columns: Sequence[Column],
    rows: Sequence[dict[str, Any]],
    total: Sequence[str] = (),
    frozen: int = 1,
    note: tuple[str, str] = ("", ""),
) -> Sheet:
    """A sheet of rows as dicts, the words of choices in both languages."""
    values = [[_value(row.get(c.name), c) for c in columns] for row in rows]
    return Sheet(name, columns, values, total, frozen, note=note)


def _value(value: Any, column: Column) -> Any:
    if not column.group or value is None:
        return value
    if column.group == "want":
        return ", ".join(both("want", want) for want in value.split())
    return both(column.group, value)


def both(group: str, key: Any) -> str:
    """The word for a choice in Indonesian and English; once where they are alike."""
    indonesian, english = _ID.word(group, key), _EN.word(group, key)
    return indonesian if indonesian == english else f"{indonesian} / {english}"


NAME = Column("name", "Desa", "Village", width=24)
DISTRICT = Column("district", "Kecamatan", "District", width=20)
CODE = Column(
    "code", "Kode", "Code", width=15, about_id="Kode resmi desa", about_en="Official code of the village"
)
PEOPLE = Column("people", "Penduduk", "People", "int", 11)
PEOPLE_KNOWN = Column("people_known_by", "Penduduk: cara tahu", "People: how known", width=14, group="known")
NOW = Column(
    "access_now",
    "Akses sekarang",
    "Access now",
    width=14,
    about_id="Tingkat layanan sebagian besar warganya",
    about_en="Service level of most of its people",
    group="level",
)
KNOWN = Column("known_by", "Akses: cara tahu", "Access: how known", width=14, group="known")
CHANCE = Column(
    "chance_below",
    "Peluang di bawah janji",
    "Chance below promise",
    "share",
    12,
    "Peluang bahwa tingkat yang dijanjikan belum tercapai",
    "Chance that the promised level is not reached",
)
CHANCE_PM = Column(
    "chance_pm",
    "± peluang",
    "± of the chance",
    "share",
    10,
    "Ketidakpastian baku peluang itu: kira-kira dua dari tiga kali nilai sebenarnya di dalamnya",
    "Standard uncertainty of the chance: it is within it about two times in three",
)
BELOW = Column(
    "people_below",
    "Jiwa belum terlayani",
    "People unserved",
    "int",
    12,
    "Penduduk dikali peluang",
    "People times chance",
)
WANTS = Column("wants", "Yang kurang", "Wants for", width=22, group="want")
EVIDENCE = Column("evidence", "Dasarnya", "What says so", width=44)
YEAR = Column(
    "year",
    "Tahun",
    "Year",
    "year",
    8,
    "Tahun titik pertamanya; kosong: tidak ada",
    "Year of its first point; empty: none",
)
FUND = Column("fund", "Sumber dana", "Fund", width=18)
CAPEX = Column("capex_idr", "Membangun (Rp)", "Building (IDR)", "idr", 17, "Dibayar sekali", "Paid once")
OPEX = Column(
    "opex_idr_per_year",
    "Menjalankan per tahun (Rp)",
    "Running a year (IDR)",
    "idr",
    17,
    "Dibayar tiap tahun sejak dibangun",
    "Paid each year from building on",
)
PRICE_KNOWN = Column(
    "price_known_by",
    "Harga: cara tahu",
    "Price: how known",
    width=14,
    about_id="Yang paling lemah di antara harga-harganya",
    about_en="The weakest of its prices",
    group="known",
)
SERVED = Column(
    "chance_served",
    "Peluang benar-benar terlayani",
    "Chance of really being served",
    "share",
    13,
    "Peluang bahwa sedikitnya satu titiknya benar-benar melayani pada akhir rencana",
    "Chance that at least one of its points really serves at the plan's end",
)
REASON_ID = Column("reason", "Alasan", "Reason (Indonesian)", width=52)
REASON_EN = Column("reason_en", "Alasan (Inggris)", "Reason", width=52)
